"""Texts that would come alive if they were shown as Markdown or HTML, and the signs that they did."""

LIVE = "![x](http://a.b/c.png) [link](http://a.b) :red[no] <b>bold</b> **strong** `code` :smile:"
SAID = "__strong__ `code` <b>bold</b> :material/home: ~~gone~~ http://a.b"
"""The like without asterisks and brackets, which would be taken for stage directions."""

ALIVE = (
    "](http",
    "<b>",
    ":red[no]",
    "**strong**",
    "__strong",
    "`code`",
    ":smile:",
    ":material/home:",
    "~~gone",
    "http://a",
    "//a.b",
)
