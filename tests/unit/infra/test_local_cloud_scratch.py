"""What a start of the local cloud deletes of the temporary files of the one before."""

from __future__ import annotations

import os
from pathlib import Path

from infra.local_cloud import _clean


def test_only_the_two_newest_unpacked_packages_are_kept(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    for age, name in enumerate(("third", "second.partial", "second", "first")):
        (package := scratch / "packages" / name).mkdir(parents=True)
        (package / "app.py").write_text("")
        os.utime(package, (age, age))
    (scratch / "worker").mkdir()
    (scratch / "worker" / "code").symlink_to(scratch / "packages" / "first", target_is_directory=True)
    (scratch / "ministack.pid").write_text("1")
    _clean(scratch)
    found = {str(path.relative_to(scratch)) for path in scratch.rglob("*") if path.is_file()}
    assert found == {"packages/first/app.py", "packages/second/app.py"}
    assert {path.name for path in scratch.iterdir()} == {"packages"}


def test_a_first_start_creates_the_folder(tmp_path: Path) -> None:
    _clean(tmp_path / "scratch")
    assert (tmp_path / "scratch" / "packages").is_dir()
