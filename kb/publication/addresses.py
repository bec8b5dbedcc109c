"""Addresses in the form in which they are compared, so that `http://www.` finds `https://`. Pure.

Source: RFC 3986, section 6
"""

from urllib.parse import urlsplit

MOST = 2_048  # characters that are compared
TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid")


def bare(url: str) -> str:
    """An address without scheme, `www.`, fragment, final slash and what tracks its readers.

    The host in lower case, all else as written. Any text has such a form.
    """
    text = url.strip()[:MOST]
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:  # "http://[": no address, and compared as it stands
        return text
    place = f":{port}" if port not in (None, 80, 443) else ""
    kept = [each for each in parts.query.split("&") if each and not each.startswith(TRACKING)]
    query = f"?{'&'.join(kept)}" if kept else ""
    return f"{host.removeprefix('www.')}{place}{parts.path.rstrip('/')}{query}"
