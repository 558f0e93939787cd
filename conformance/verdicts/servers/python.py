"""Python's http.server with its defaults, HTTP/1.0 among them: its own handler of files at /, and at /post one that reads the body by its
length, as the documentation of http.server leaves it to the user, and answers that length."""

import http.server
import sys


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_POST(self):
        length = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        body = b"%d\n" % length
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
