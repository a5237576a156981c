import json

from estate.model import UNKNOWN, Resource, estate
from scripts.policy.terraform_plan import plan
from tests.policies.declared import declared

BUCKET = Resource("aws:s3/bucket:Bucket", "shelf", {"bucket": "author-shelf-prod", "tags": {"Owner": "us"}})
RULES = Resource(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "shelf-lifecycle",
    {"bucket": "author-shelf-prod", "rules": [{"id": "a", "filter": {"prefix": ""}, "expiration": {"days": 3}}]},
)
POLICY = Resource(
    "aws:s3/bucketPolicy:BucketPolicy", "shelf-policy", {"bucket": "author-shelf-prod", "policy": {"Statement": []}}
)
KEY = Resource("aws:kms/alias:Alias", "shelf-key", {"targetKeyId": UNKNOWN, "name": "alias/shelf"})


def test_resources_have_terraforms_names_and_shapes():
    document = plan(estate("prod", "prod", "1" * 12, "us-east-1", [BUCKET, RULES, POLICY, KEY]))
    values = {r["address"]: r["values"] for r in document["planned_values"]["root_module"]["resources"]}
    assert values == {
        "aws_kms_alias.shelf-key": {"name": "alias/shelf", "target_key_id": None},
        "aws_s3_bucket.shelf": {"bucket": "author-shelf-prod", "tags": {"Owner": "us"}},
        "aws_s3_bucket_lifecycle_configuration.shelf-lifecycle": {
            "bucket": "author-shelf-prod",
            "rule": [{"id": "a", "filter": [{"prefix": ""}], "expiration": [{"days": 3}]}],
        },
        "aws_s3_bucket_policy.shelf-policy": {"bucket": "author-shelf-prod", "policy": '{"Statement": []}'},
    }
    assert [c["change"]["actions"] for c in document["resource_changes"]] == [["create"]] * 4


def test_parts_of_a_bucket_refer_to_it():
    document = plan(estate("prod", "prod", "1" * 12, "us-east-1", [BUCKET, POLICY]))
    references = {r["address"]: r["expressions"] for r in document["configuration"]["root_module"]["resources"]}
    assert references["aws_s3_bucket_policy.shelf-policy"] == {
        "bucket": {"references": ["aws_s3_bucket.shelf.id", "aws_s3_bucket.shelf"]}
    }
    assert references["aws_s3_bucket.shelf"] == {}


def test_every_declared_resource_is_in_the_document():
    whole = plan(declared("prod"))
    addresses = [r["address"] for r in whole["planned_values"]["root_module"]["resources"]]
    assert len(addresses) == len(set(addresses)) == sum(r.type.startswith("aws:") for r in declared("prod").resources)
    assert json.loads(json.dumps(whole)) == whole
