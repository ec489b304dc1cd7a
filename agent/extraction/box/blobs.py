"""A folder of blobs under the digest of their content, compressed; what is there already is not written again."""

# ruff: noqa
# mypy: ignore-errors
import hashlib
import os
import zlib


class Blobs(object):
    def __init__(self, folder):
        self.folder = folder
        self.known = set()
        self.written = 0

    def put(self, content):
        """The digest under which it can be had again; empty for nothing."""
        if not content:
            return ""
        digest = hashlib.sha256(content).hexdigest()
        if digest in self.known:
            return digest
        path = self.path(digest)
        if not os.path.exists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            packed = zlib.compress(content, 1)
            with open("%s.%d" % (path, os.getpid()), "wb") as file:
                file.write(packed)
            os.rename("%s.%d" % (path, os.getpid()), path)
            self.written += len(packed)
        self.known.add(digest)
        return digest

    def get(self, digest):
        if not digest:
            return b""
        with open(self.path(digest), "rb") as file:
            return zlib.decompress(file.read())

    def path(self, digest):
        return os.path.join(self.folder, digest[:2], digest)
