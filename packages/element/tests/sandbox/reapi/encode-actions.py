"""Encodes REAPI's Command and Action by the official protobuf classes, from the cases of golden-actions.json.

Reads the JSON text of the cases from standard input, and writes a JSON list of `{command, action}`: digests as
`<hash>/<bytes>`. Runs in the environment that `npm run set-up -- --tests` makes for BuildStream.
"""

import hashlib
import json
import sys

from buildstream._protos.build.bazel.remote.execution.v2 import remote_execution_pb2 as reapi
from google.protobuf.duration_pb2 import Duration


def digest_of(message):
    body = message.SerializeToString(deterministic=True)
    return reapi.Digest(hash=hashlib.sha256(body).hexdigest(), size_bytes=len(body))


def platform_of(action):
    properties = {"OSFamily": action["platform"]["os"], "ISA": action["platform"]["arch"]}
    ids = action.get("ids", {"uid": 0, "gid": 0})
    if ids != {"uid": 0, "gid": 0}:
        properties |= {"unixUID": str(ids["uid"]), "unixGID": str(ids["gid"])}
    platform = reapi.Platform()
    for name in sorted(properties):
        platform.properties.add(name=name, value=properties[name])
    return platform


def shared_environment(steps):
    shared = set.intersection(*(set(step["environment"].items()) for step in steps)) if steps else set()
    return sorted(shared, key=lambda item: item[0].encode())


def encode(case):
    action = case["action"]
    command = reapi.Command(
        arguments=case["arguments"],
        output_paths=sorted({path.strip("/") or "." for path in action["outputs"]}, key=str.encode),
        platform=platform_of(action),
        output_directory_format=reapi.Command.TREE_AND_DIRECTORY,
    )
    for name, value in shared_environment(action["steps"]):
        command.environment_variables.add(name=name, value=value)
    root_hash, root_size = case["inputRoot"].split("/")
    message = reapi.Action(
        command_digest=digest_of(command),
        input_root_digest=reapi.Digest(hash=root_hash, size_bytes=int(root_size)),
        salt=case["salt"].encode(),
        platform=platform_of(action),
    )
    seconds = action["limits"].get("timeoutSeconds")
    if seconds is not None:
        message.timeout.CopyFrom(Duration(seconds=int(seconds), nanos=round(seconds % 1 * 1e9)))
    return {"command": text_of(digest_of(command)), "action": text_of(digest_of(message))}


def text_of(digest):
    return f"{digest.hash}/{digest.size_bytes}"


print(json.dumps([encode(case) for case in json.load(sys.stdin)]))
