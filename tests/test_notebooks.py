"""The notebooks' code runs on the sample logs; `nbclient` is not needed for that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_code_of_a_notebook_runs(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matplotlib = pytest.importorskip("matplotlib", reason="the notebooks need the extra `plots`")
    pytest.importorskip("pandas", reason="the notebooks need the extra `frames`")
    matplotlib.use("Agg")
    monkeypatch.chdir(NOTEBOOKS)
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)  # noqa: S102 - our own notebook
    if notebook.stem == "performance":
        figure = names["figure"]
        titles = [axis.get_title() for axis in figure.axes]  # type: ignore[attr-defined]
        assert titles[0] == "OCPP triggered function timeout (n = 26)"
