"""`tally3220 serve`: the pages and the API of the configured register, by waitress."""

import click
from flask import Flask
from waitress.server import create_server

from compliance_app.app import ConfigurationError, create_app
from compliance_app.cli.console import check_at_head


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
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            ident="",
            # The application itself reads these headers, from as many proxies as it trusts.
            clear_untrusted_proxy_headers=not behind_proxy,
        )
    except OSError as error:
        raise ConfigurationError(
            f"Nothing can be served on {host}:{port} ({error.strerror}); choose another port "
            "with --port."
        ) from error
    server.run()
