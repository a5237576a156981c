"""Which Pulumi resource types are served, and how each is called by Terraform.

Made by hand, and for the types in use only: a rule that derives one name from the other is wrong for several of the
provider's 1,748 types, and would be wrong silently.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Token:
    """One resource type.

    Attributes:
        terraform: its Terraform type.
        sdk_module: where the Python SDK declares it, below `pulumi_aws`.
        renamed: Terraform attribute → SDK property, where neither camelCase nor its plural is the SDK's name.
    """

    terraform: str
    sdk_module: str
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])


TOKENS: Mapping[str, Token] = {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Token(
        "aws_cloudwatch_composite_alarm", "cloudwatch.composite_alarm"
    ),
    "aws:cloudwatch/dashboard:Dashboard": Token("aws_cloudwatch_dashboard", "cloudwatch.dashboard"),
    "aws:cloudwatch/eventRule:EventRule": Token("aws_cloudwatch_event_rule", "cloudwatch.event_rule"),
    "aws:cloudwatch/eventTarget:EventTarget": Token("aws_cloudwatch_event_target", "cloudwatch.event_target"),
    "aws:cloudwatch/logGroup:LogGroup": Token("aws_cloudwatch_log_group", "cloudwatch.log_group"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": Token(
        "aws_cloudwatch_log_metric_filter", "cloudwatch.log_metric_filter"
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": Token(
        "aws_cloudwatch_log_resource_policy", "cloudwatch.log_resource_policy"
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Token(
        "aws_cloudwatch_metric_alarm", "cloudwatch.metric_alarm", {"alarm_name": "name"}
    ),
    "aws:ec2/securityGroup:SecurityGroup": Token("aws_security_group", "ec2.security_group"),
    "aws:ecs/cluster:Cluster": Token("aws_ecs_cluster", "ecs.cluster"),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": Token(
        "aws_ecs_cluster_capacity_providers", "ecs.cluster_capacity_providers"
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Token("aws_ecs_task_definition", "ecs.task_definition"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": Token(
        "aws_iam_openid_connect_provider", "iam.open_id_connect_provider"
    ),
    "aws:iam/policy:Policy": Token("aws_iam_policy", "iam.policy"),
    "aws:iam/role:Role": Token("aws_iam_role", "iam.role"),
    "aws:iam/rolePolicy:RolePolicy": Token("aws_iam_role_policy", "iam.role_policy"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Token(
        "aws_iam_role_policy_attachment", "iam.role_policy_attachment"
    ),
    "aws:kms/alias:Alias": Token("aws_kms_alias", "kms.alias"),
    "aws:kms/key:Key": Token("aws_kms_key", "kms.key"),
    "aws:kms/keyPolicy:KeyPolicy": Token("aws_kms_key_policy", "kms.key_policy"),
    "aws:lambda/function:Function": Token(
        "aws_lambda_function", "lambda_.function", {"function_name": "name", "filename": "code"}
    ),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": Token(
        "aws_lambda_function_event_invoke_config", "lambda_.function_event_invoke_config"
    ),
    "aws:lambda/permission:Permission": Token(
        "aws_lambda_permission", "lambda_.permission", {"function_name": "function"}
    ),
    "aws:s3/bucket:Bucket": Token("aws_s3_bucket", "s3.bucket"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Token(
        "aws_s3_bucket_lifecycle_configuration", "s3.bucket_lifecycle_configuration"
    ),
    "aws:s3/bucketLogging:BucketLogging": Token("aws_s3_bucket_logging", "s3.bucket_logging"),
    "aws:s3/bucketMetric:BucketMetric": Token("aws_s3_bucket_metric", "s3.bucket_metric"),
    "aws:s3/bucketNotification:BucketNotification": Token("aws_s3_bucket_notification", "s3.bucket_notification"),
    "aws:s3/bucketObject:BucketObject": Token("aws_s3_bucket_object", "s3.bucket_object"),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": Token(
        "aws_s3_bucket_object_lock_configuration", "s3.bucket_object_lock_configuration"
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": Token("aws_s3_object", "s3.bucket_objectv2"),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Token(
        "aws_s3_bucket_ownership_controls", "s3.bucket_ownership_controls"
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Token("aws_s3_bucket_policy", "s3.bucket_policy"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Token(
        "aws_s3_bucket_public_access_block", "s3.bucket_public_access_block"
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Token(
        "aws_s3_bucket_server_side_encryption_configuration", "s3.bucket_server_side_encryption_configuration"
    ),
    "aws:s3/bucketVersioning:BucketVersioning": Token("aws_s3_bucket_versioning", "s3.bucket_versioning"),
    "aws:s3/inventory:Inventory": Token("aws_s3_bucket_inventory", "s3.inventory"),
    "aws:scheduler/schedule:Schedule": Token("aws_scheduler_schedule", "scheduler.schedule"),
    "aws:scheduler/scheduleGroup:ScheduleGroup": Token("aws_scheduler_schedule_group", "scheduler.schedule_group"),
    "aws:secretsmanager/secret:Secret": Token("aws_secretsmanager_secret", "secretsmanager.secret"),
    "aws:sns/topic:Topic": Token("aws_sns_topic", "sns.topic"),
    "aws:sns/topicPolicy:TopicPolicy": Token("aws_sns_topic_policy", "sns.topic_policy"),
    "aws:sns/topicSubscription:TopicSubscription": Token(
        "aws_sns_topic_subscription", "sns.topic_subscription", {"topic_arn": "topic"}
    ),
    "aws:sqs/queue:Queue": Token("aws_sqs_queue", "sqs.queue"),
    "aws:sqs/queuePolicy:QueuePolicy": Token("aws_sqs_queue_policy", "sqs.queue_policy"),
    "aws:sqs/redrivePolicy:RedrivePolicy": Token("aws_sqs_queue_redrive_policy", "sqs.redrive_policy"),
    "aws:ssm/document:Document": Token("aws_ssm_document", "ssm.document"),
    "aws:ssm/parameter:Parameter": Token("aws_ssm_parameter", "ssm.parameter"),
}
