import json

from invoices.cli import main

DATA = {
    "number": "2026-031",
    "customer": "Brandt & Co",
    "issued": "2026-03-02",
    "lines": [{"description": "Cable, 2 m", "quantity": "3", "price": "4.20"}],
}


def written(folder, **changes):
    path = folder / "invoice.json"
    path.write_text(json.dumps({**DATA, **changes}), encoding="utf-8")
    return str(path)


def test_show_prints_lines_taxes_and_total(tmp_path, capsys):
    assert main(["show", written(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "3 x Cable, 2 m" in shown
    assert "VAT 19%" in shown and "2.39" in shown
    assert "14.99" in shown


def test_total_sums_invoices(tmp_path, capsys):
    path = written(tmp_path)
    assert main(["total", path, path]) == 0
    assert "29.98" in capsys.readouterr().out


def test_overdue_lists_what_is_late(tmp_path, capsys):
    path = written(tmp_path)
    assert main(["overdue", "--today", "2026-05-01", path]) == 0
    assert "2026-031" in capsys.readouterr().out
    assert main(["overdue", "--today", "2026-03-10", path]) == 0
    assert capsys.readouterr().out == "none\n"


def test_a_missing_file_is_named(tmp_path, capsys):
    assert main(["show", str(tmp_path / "none.json")]) == 1
    assert "none.json" in capsys.readouterr().err
