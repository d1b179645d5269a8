"""What stands in the tree, without asking git (a copy without it must pass as well)."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".venv", "var", ".git", "__pycache__", "build", "dist", "vendor", "htmx", "fonts"}
TEXT = {
    ".py", ".html", ".txt", ".md", ".css", ".js", ".toml", ".lock", ".po", ".sh", ".typ", ".json", ".svg", ".cfg", "",
}  # fmt: skip


def files() -> Iterator[Path]:
    """Every file of the project that a commit could hold."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(
            part.startswith(".") and part not in {".ci", ".importlinter", ".gitignore"} for part in parts
        )
        if path.is_file() and not hidden and not NOT_OURS & set(parts) and not parts[0].endswith(".egg-info"):
            yield path


def text_files() -> Iterator[Path]:
    """Those that people read."""
    return (path for path in files() if path.suffix in TEXT)


def python_files(*folders: str) -> list[Path]:
    """Python sources below `folders`; migrations are exempt from rules of style."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [
        path
        for path in found
        if "migrations" not in path.parts and not NOT_OURS & set(path.parts[len(ROOT.parts) :])
    ]


def app_of(path: Path) -> str:
    """The app a file of `ihala/` belongs to, or ''."""
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "ihala" and len(parts) > 2 else ""
