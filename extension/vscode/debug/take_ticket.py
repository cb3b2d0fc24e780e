"""Runs a debugged Python program with its secrets, which it takes for a ticket.

Arguments: SOCKET TICKET program|module TARGET [ARGUMENT ...]
"""
import json
import os
import runpy
import socket
import sys


def take(address, ticket):
    message = (ticket + "\n").encode()
    if os.name == "nt":
        with open(address, "r+b", buffering=0) as pipe:
            pipe.write(message)
            return pipe.read()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        connection.sendall(message)
        with connection.makefile("rb") as answer:
            return answer.read()


def main():
    address, ticket, kind, target = sys.argv[1:5]
    try:
        os.environ.update(json.loads(take(address, ticket)))
    except (OSError, ValueError):
        sys.exit(
            "OpaqueVault: the secrets for this program were not handed over: its ticket was used, or is too old. "
            "Stop, and start debugging again."
        )
    sys.argv = [target] + sys.argv[5:]
    if kind == "module":
        sys.path[0] = os.getcwd()
        runpy.run_module(target, run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = os.path.dirname(os.path.abspath(target))
        runpy.run_path(target, run_name="__main__")


main()
