"""What is set on paper: one way from a template and its words to a PDF.

The words go to typst as JSON input and never as template text, so that nothing anybody typed is read as markup.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent
FONTS = HERE / "fonts"


def pdf(template: Path, words: Mapping[str, Any]) -> bytes:
    """A tagged PDF (PDF/UA-1), about 20 ms. Templates import `/core/paper.typ`, what all papers share."""
    document: bytes = typst.compile(
        str(template), root=str(HERE.parent), font_paths=[str(FONTS)], ignore_system_fonts=True, format="pdf",
        sys_inputs={"data": json.dumps(words, ensure_ascii=False, default=str)}, pdf_standards=["ua-1"],
    )  # fmt: skip
    return document
