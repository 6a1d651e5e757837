"""Forward loopback addresses to Unix sockets, until the sandbox ends.

usage: forward.py ADDRESS:PORT=SOCKET...

Exits once it listens on all of them; a process in the background forwards.
"""

import contextlib
import os
import selectors
import socket
import sys
import threading


def copy(source, target):
    """Copy from one connection to the other until the end."""
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
    for argument in sys.argv[1:]:
        endpoint, _, path = argument.partition("=")
        address, _, port = endpoint.rpartition(":")
        listener = socket.create_server((address, int(port)), backlog=64)
        selector.register(listener, selectors.EVENT_READ, (listener, path))
    if os.fork() != 0:
        os._exit(0)
    os.setsid()
    # Readers of the tests' output wait until all processes have closed it.
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    while True:
        for key, _ in selector.select():
            listener, path = key.data
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, path), daemon=True).start()


if __name__ == "__main__":
    main()
