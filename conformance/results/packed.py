"""A page of HTML in a page of HTML: packed, it is a tenth of the size, and opens all the same.

What is published stays with the repository for ever, and a report of a whole run has megabytes
of transcripts that are much alike. The browser unpacks it by itself, from the file alone.
"""

from __future__ import annotations

import base64
import gzip
import html
import re

from conformance.results.markup import Html, tag

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL | re.IGNORECASE)
_SCRIPT = """\
(async () => {
  const packed = document.getElementById("packed").textContent;
  const octets = Uint8Array.from(atob(packed.trim()), (char) => char.charCodeAt(0));
  const stream = new Blob([octets]).stream().pipeThrough(new DecompressionStream("gzip"));
  const page = await new Response(stream).text();
  document.open();
  document.write(page);
  document.close();
})();
"""


def packed_page(page: str, *, instead: str) -> str:
    """Return a page that opens as `page` does; `instead`: a file beside it, without scripts.

    The same page gives the same octets.
    """
    found = _TITLE.search(page)
    title = html.unescape(found[1]).strip() if found else "Report"
    octets = base64.b64encode(gzip.compress(page.encode("utf-8"), mtime=0)).decode("ascii")
    body = (
        tag(
            "p",
            "This report unpacks itself, which takes a browser of 2023 or later with scripts on. ",
            tag("a", instead, href=instead),
            " says the same in plain text.",
        ),
        tag("script", Html(octets), type="text/plain", id="packed"),
        tag("script", Html(_SCRIPT)),
    )
    head = tag("head", Html('<meta charset="utf-8">'), tag("title", title))
    return f"<!DOCTYPE html>\n{tag('html', head, tag('body', *body), lang='en')}\n"


def unpacked_page(page: str) -> str:
    """Return what a packed page opens as; for who searches it.

    Raises:
        ValueError: it is none.
    """
    found = re.search(r'id="packed">([^<]*)<', page)
    if found is None:
        raise ValueError("no packed page")
    return gzip.decompress(base64.b64decode(found[1])).decode("utf-8")
