"""`tally3220 serve`: the pages and the API of the configured register, by waitress."""

import gc
import os
import socket

import click
from flask import Flask
from waitress.server import create_server

from compliance_app.app import ConfigurationError, create_app
from compliance_app.cli.console import check_at_head
from compliance_app.cli.report_worker import ReportWorker


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 256))
def serve(*, host: str, port: int, threads: int) -> None:
    """Serve the register; needs a secret key and a database at head."""
    app = create_app()
    with app.app_context():
        check_at_head()
    click.echo(f"{app.config['FIRM_NAME']}: http://{host}:{port}")
    run(app, host=host, port=port, threads=threads)


def run(app: Flask, *, host: str, port: int, threads: int) -> None:
    """Serve until stopped. Raises ConfigurationError where the address cannot be used."""
    behind_proxy = int(app.config["TRUSTED_PROXIES"]) > 0
    with _listening(host, port) as listener:
        server = create_server(
            app,
            sockets=[listener],
            threads=threads,
            ident="",
            # The application itself reads these headers, from as many proxies as it trusts.
            clear_untrusted_proxy_headers=not behind_proxy,
        )
        keep_what_is_there()
        with ReportWorker(app):
            server.run()


def keep_what_is_there() -> None:
    """Let the collector pass over all that was made by now, which stays as long as the process.

    Going over it took 50 ms, and some request in every few hundred waited for that.
    """
    gc.collect()
    gc.freeze()


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; waitress would leave one behind that cannot."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _type, _protocol, _name, address = found[0]
        return socket.create_server(address, family=family, backlog=1024)
    except OSError as error:
        raise ConfigurationError(
            f"Nothing can be served on {host}:{port} ({_reason(error)}); choose another port "
            "with --port."
        ) from error


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror)
