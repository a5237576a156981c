import pulumi
from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)


def _lifecycle(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type == "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration":
        days = pulumi.Config("small").get("days")
        stack = f"stack {pulumi.get_stack()} of {pulumi.get_project()}"
        report(f"{stack} says {days}, preview {pulumi.runtime.is_dry_run()}", None)


def _count(args: StackValidationArgs, report: ReportViolation) -> None:
    buckets = [resource for resource in args.resources if resource.resource_type == "aws:s3/bucket:Bucket"]
    if len(buckets) > 1:
        report(f"{len(buckets)} buckets are too many", None)


PolicyPack(
    "e2e",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(
            "no-lifecycle", "No lifecycles.", _lifecycle, enforcement_level=EnforcementLevel.MANDATORY
        ),
        StackValidationPolicy("few-buckets", "Few buckets.", _count),
    ],
)
