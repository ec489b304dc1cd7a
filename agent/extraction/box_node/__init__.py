"""Scripts that run inside the box, under the Node.js of the repository's own tests: plain CommonJS for Node.js 8 and later, without dependencies."""
