"""How large a message between the engine and a plugin may be."""

BYTES = 400 * 1024 * 1024
# gRPC's own limit of 4 MB is less than a large stack's resources; this is what Pulumi's engine and SDK use.
MESSAGE_LIMITS = (("grpc.max_receive_message_length", BYTES), ("grpc.max_send_message_length", BYTES))
