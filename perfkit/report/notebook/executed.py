"""The executed notebook of a report: one of notebooks/, with the result documents as its only input.

It runs in an empty folder that holds copies under plain names, so that neither paths nor times of the machine get into
the output: the same inputs give the same bytes on one installation.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from perfkit.core.clean_document import document_without_secrets
from perfkit.core.errors import PerfkitError, UsageError
from perfkit.core.secrets import without_secrets
from perfkit.report.content.model import ReportContent
from perfkit.report.inputs import ReportInputs

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

TIMEOUT_S = 600
_SOCKET_PATH_BYTES = 100  # sun_path holds 104 on macOS and BSD (unix(4)), 108 on Linux (unix(7)); "-1" to "-5" follow
_TAG = "parameters"


def render(content: ReportContent, inputs: ReportInputs) -> bytes:
    """The notebook that fits the inputs, executed.

    Raises:
        UsageError: the libraries for notebooks are not installed.
    """
    try:
        import nbclient  # noqa: F401 - asked for before anything is written
        import nbformat
    except ImportError:
        raise UsageError("notebooks need the extra `report`: pip install 'perfkit[report]'") from None
    source = notebook_folder() / f"{_name(inputs)}.ipynb"
    notebook = nbformat.reads(source.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    with TemporaryDirectory(prefix="perfkit-") as name:
        folder = Path(name)
        parameters = {"report_id": content.id, **dict(_inputs(folder, inputs))}
        _set_parameters(notebook, parameters)
        _execute(notebook, folder)
    notebook.metadata["title"] = f"{content.title} {content.id}"
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return (text.rstrip("\n") + "\n").encode()


def notebook_folder() -> Traversable:
    """The notebooks: packed into the installed package, or beside the sources."""
    packed = resources.files("perfkit.report.notebook") / "notebooks"
    return packed if packed.is_dir() else Path(__file__).parents[3] / "notebooks"


def _name(inputs: ReportInputs) -> str:
    if inputs.analysis is None:
        return "network"
    return "certificate" if inputs.network or inputs.monitor else "performance"


def _inputs(folder: Path, inputs: ReportInputs) -> Iterator[tuple[str, object]]:
    """The parameters that name the inputs, each copied into the folder."""
    if inputs.analysis is not None:
        (folder / "result.json").write_bytes(document_without_secrets(inputs.analysis.content))
        yield "result", "result.json"
    if inputs.samples is not None:
        samples = inputs.samples.content.decode("utf-8", "replace")
        (folder / "samples.csv").write_bytes(without_secrets(samples).encode())
        yield "samples", "samples.csv"
    elif inputs.analysis is not None:
        yield "samples", None
    network = []
    for number, read in enumerate(inputs.network, 1):
        network.append(f"network-{number}.json")
        (folder / network[-1]).write_bytes(document_without_secrets(read.content))
    monitor = []
    for number, path in enumerate(inputs.monitor, 1):
        monitor.append(f"monitor-{number}.jsonl")
        (folder / monitor[-1]).write_bytes(path.read_bytes())
    if _name(inputs) != "performance":
        yield "network", network
        yield "monitor", monitor


def _set_parameters(notebook: Any, parameters: dict[str, object]) -> None:
    """The cell tagged `parameters` (as for papermill) with these values, in the order in which it names them."""
    cell = next(cell for cell in notebook.cells if _TAG in cell.metadata.get("tags", ()))
    cell.source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())


def _execute(notebook: Any, folder: Path) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    client = NotebookClient(
        notebook,
        km=_kernel_manager(folder),
        timeout=TIMEOUT_S,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    environment = {**os.environ, "IPYTHONDIR": str(folder / "ipython"), "PYTHONHASHSEED": "0", "MPLBACKEND": "agg"}
    try:
        client.execute(env=environment, cleanup_kc=True)
    except CellExecutionError as error:
        raise PerfkitError(f"the notebook stopped: {error.ename}: {error.evalue}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise PerfkitError(f"the notebook did not end: {error}") from None


def _kernel_manager(folder: Path) -> AsyncKernelManager:
    """A kernel of this Python; it listens on sockets in the folder where such are possible, else on the loopback."""
    from jupyter_client.manager import AsyncKernelManager

    manager = AsyncKernelManager(kernel_name="python3", connection_file=str(folder / "kernel.json"))
    sockets = folder / "k"
    if os.name == "posix" and len(os.fsencode(sockets)) <= _SOCKET_PATH_BYTES:
        manager.transport = "ipc"
        manager.ip = str(sockets)
    else:
        manager.transport_encryption = "auto"
    return manager
