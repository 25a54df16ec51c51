"""A page of another site that loads the widget, under a strict policy of its own."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Site:
    """Another site: a page that loads the widget."""

    def __init__(self) -> None:
        self.server = ""
        self.attributes = ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                policy = f"default-src 'none'; script-src {site.server}; connect-src {site.server}"
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(site.html.encode())

            def log_message(self, *_: object) -> None:
                pass

        self._listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._listening.server_port}"
        threading.Thread(target=self._listening.serve_forever, daemon=True).start()

    @property
    def html(self) -> str:
        return (
            "<!doctype html><html lang='en'><title>Shop</title>"
            "<meta name='viewport' content='width=device-width'>"
            "<main><h1>Shop</h1><input aria-label='its own'></main>"
            f"<script src='{self.server}widget.js' {self.attributes} defer></script>"
        )

    def close(self) -> None:
        self._listening.shutdown()
        self._listening.server_close()


def ask_widget(page: "Page", question: str) -> None:
    page.locator("wenda-widget >> .launch").click()
    page.locator("wenda-widget >> input").fill(question)
    page.keyboard.press("Enter")
