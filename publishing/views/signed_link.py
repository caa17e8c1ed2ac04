"""Pages whose address is the key."""


def keep_address(response):
    """Let no other page learn the address of this one, while its forms still say which site they come from.

    With `no-referrer` a browser sends `Origin: null` along with a form, which is refused as coming from elsewhere.
    """
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
