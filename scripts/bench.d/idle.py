"""idle.py PORT COUNT: opens so many connections to the loopback address, asks once for /health on each, and
prints "open". Keeps them idle until standard input ends.
"""

import socket
import sys

port, count = int(sys.argv[1]), int(sys.argv[2])
REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
connections = []
for _ in range(count):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(REQUEST)
    answer = b""
    while not answer.endswith(b'{"status":"ok"}'):
        piece = connection.recv(4096)
        if not piece:
            sys.exit(f"connection {len(connections)} was closed: {answer!r}")
        answer += piece
    connections.append(connection)
print("open", flush=True)
sys.stdin.read()
