"""Listen on addresses of the loopback, and hand what comes there to sockets, until the sandbox ends.

usage: forward.py ADDRESS:PORT=SOCKET...

Returns once all of them listen; a process in the background does the work.
"""

import contextlib
import os
import selectors
import socket
import sys
import threading


def copy(source, target):
    """Everything from one connection to the other, then the end of it."""
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def serve(connection, path):
    service = socket.socket(socket.AF_UNIX)
    try:
        service.connect(path)
    except OSError:
        connection.close()
        return
    back = threading.Thread(target=copy, args=(service, connection), daemon=True)
    back.start()
    copy(connection, service)
    back.join()
    connection.close()
    service.close()


def main():
    selector = selectors.DefaultSelector()
    for word in sys.argv[1:]:
        place, _, path = word.partition("=")
        address, _, port = place.rpartition(":")
        listener = socket.create_server((address, int(port)), backlog=64)
        selector.register(listener, selectors.EVENT_READ, (listener, path))
    if os.fork() != 0:
        os._exit(0)
    os.setsid()
    # Whoever reads the tests' output waits for its end.
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    while True:
        for key, _ in selector.select():
            listener, path = key.data
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, path), daemon=True).start()


if __name__ == "__main__":
    main()
