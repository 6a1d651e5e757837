"""Has a server of the Remote Execution API run an action: `execute-action.py SOCKET CAS HASH BYTES`.

CAS is the directory of blobs of a Wheelhouse store, HASH and BYTES the digest of the Action there. What the server lacks
of it is uploaded first. Writes the ActionResult as JSON; the contents of both outputs are texts in it.
"""

import json
import os
import sys

import grpc
from buildstream._protos.build.bazel.remote.execution.v2 import remote_execution_pb2 as reapi
from buildstream._protos.build.bazel.remote.execution.v2 import remote_execution_pb2_grpc as services

BATCH_BYTES = 3_000_000


class Uploader:
    def __init__(self, channel, directory):
        self.cas = services.ContentAddressableStorageStub(channel)
        self.directory = directory
        self.wanted = {}

    def bytes_of(self, digest):
        if digest.size_bytes == 0:
            return b""
        with open(os.path.join(self.directory, digest.hash[:2], digest.hash), "rb") as file:
            return file.read()

    def add(self, digest):
        self.wanted[digest.hash] = digest

    def add_tree(self, digest):
        self.add(digest)
        directory = reapi.Directory.FromString(self.bytes_of(digest))
        for file in directory.files:
            self.add(file.digest)
        for child in directory.directories:
            self.add_tree(child.digest)

    def upload(self):
        missing = self.cas.FindMissingBlobs(reapi.FindMissingBlobsRequest(blob_digests=self.wanted.values()))
        request = reapi.BatchUpdateBlobsRequest()
        for digest in missing.missing_blob_digests:
            if request.ByteSize() + digest.size_bytes > BATCH_BYTES:
                self.send(request)
                request = reapi.BatchUpdateBlobsRequest()
            request.requests.add(digest=digest, data=self.bytes_of(digest))
        self.send(request)

    def send(self, request):
        for response in self.cas.BatchUpdateBlobs(request).responses:
            if response.status.code != 0:
                raise SystemExit(f"{response.digest.hash}: {response.status.message}")

    def download(self, digest):
        response = self.cas.BatchReadBlobs(reapi.BatchReadBlobsRequest(digests=[digest])).responses[0]
        if response.status.code != 0:
            raise SystemExit(f"{digest.hash}: {response.status.message}")
        return response.data.decode()


def main(socket, directory, action_hash, action_bytes):
    channel = grpc.insecure_channel(f"unix:{socket}")
    uploader = Uploader(channel, directory)
    digest = reapi.Digest(hash=action_hash, size_bytes=int(action_bytes))
    action = reapi.Action.FromString(uploader.bytes_of(digest))
    uploader.add(digest)
    uploader.add(action.command_digest)
    uploader.add_tree(action.input_root_digest)
    uploader.upload()
    request = reapi.ExecuteRequest(action_digest=digest, skip_cache_lookup=True)
    *_, operation = services.ExecutionStub(channel).Execute(request, timeout=60)
    if operation.HasField("error"):
        raise SystemExit(operation.error.message)
    response = reapi.ExecuteResponse()
    operation.response.Unpack(response)
    if response.status.code != 0:
        raise SystemExit(response.status.message)
    result = response.result
    text = {
        name: uploader.download(blob) if blob.size_bytes > 0 else raw.decode()
        for name, blob, raw in (
            ("stdout", result.stdout_digest, result.stdout_raw),
            ("stderr", result.stderr_digest, result.stderr_raw),
        )
    }
    directories = {
        output.path: {"hash": output.root_directory_digest.hash, "sizeBytes": output.root_directory_digest.size_bytes}
        for output in result.output_directories
    }
    print(json.dumps({"exitCode": result.exit_code, "directories": directories, **text}))


main(*sys.argv[1:])
