import json

import pulumi
import pulumi_aws as aws

days = pulumi.Config().require_int("days")

key = aws.kms.Key("key", description="small", enable_key_rotation=True, deletion_window_in_days=7)
aws.kms.Alias("alias", name="alias/small", target_key_id=key.key_id)
bucket = aws.s3.Bucket("bucket", bucket="small", force_destroy=True)
aws.s3.BucketLifecycleConfiguration(
    "lifecycle",
    bucket=bucket.bucket,
    rules=[{"id": "expire", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": days}}],
)
aws.s3.Bucket("other", bucket="small-other", force_destroy=True, object_lock_enabled=True)
role = aws.iam.Role(
    "role",
    name="small",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
            ],
        }
    ),
)
aws.ecs.TaskDefinition(
    "task",
    family="small",
    container_definitions=json.dumps([{"name": "one", "image": "one", "essential": True, "memory": 128, "cpu": 128}]),
    task_role_arn=role.arn,
    opts=pulumi.ResourceOptions(depends_on=[key]),
)
aws.ec2.SecurityGroup("group", name="small", description="small")
topic = aws.sns.Topic("topic", name="small")
queue = "arn:aws:sqs:us-east-1:123456789012:elsewhere"
aws.sns.TopicSubscription("subscription", topic=topic.arn, protocol="sqs", endpoint=queue)
aws.secretsmanager.Secret("secret", name="small")
pulumi.export("key", key.key_id)
