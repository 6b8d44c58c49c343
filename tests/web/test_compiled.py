"""Templates are compiled once in a process, and never mixed up."""

from __future__ import annotations

from pathlib import Path

import jinja2

from web import create_network_app
from web.compiled import CompiledTemplates


def environment(folder: Path) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), bytecode_cache=CompiledTemplates(), autoescape=True
    )


def test_a_second_application_draws_from_what_the_first_one_compiled(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{ goods }} < all", encoding="utf-8")
    codes = []
    for goods in ("<water>", "<tea>"):
        made = environment(tmp_path)
        assert made.get_template("page.html").render(goods=goods) == f"&lt;{goods[1:-1]}&gt; < all"
        assert isinstance(made.bytecode_cache, CompiledTemplates)
        text = (tmp_path / "page.html").read_text("utf-8")
        name = str(tmp_path / "page.html")
        codes.append(made.bytecode_cache.get_bucket(made, "page.html", name, text).code)
    assert codes[0] is not None
    assert codes[0] is codes[1]


def test_changed_content_and_another_folder_are_compiled_anew(tmp_path: Path) -> None:
    for folder, text in ((tmp_path / "a", "one"), (tmp_path / "b", "two"), (tmp_path / "a", "three")):
        folder.mkdir(exist_ok=True)
        (folder / "page.html").write_text(text, encoding="utf-8")
        assert environment(folder).get_template("page.html").render() == text


def test_the_products_applications_share_theirs() -> None:
    assert isinstance(
        create_network_app(trusted_hosts=["localhost"]).jinja_env.bytecode_cache, CompiledTemplates
    )
