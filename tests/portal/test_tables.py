"""The tables that the tests begin with."""

from devtools import tables


def test_another_migration_makes_other_tables(tmp_path, monkeypatch):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("django==5.2\n")
    (tmp_path / "vacancies" / "migrations").mkdir(parents=True)
    monkeypatch.setattr(tables, "ROOT", tmp_path)
    first = tables.fingerprint()
    (tmp_path / "vacancies" / "migrations" / "0001_initial.py").write_text("operations = []\n")
    second = tables.fingerprint()
    (tmp_path / "vacancies" / "migrations" / "0001_initial.py").write_text("operations = [1]\n")

    assert len({first, second, tables.fingerprint()}) == 3


def test_only_the_latest_tables_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "KEPT_IN", tmp_path)
    for number in range(tables.KEPT + 3):
        (tmp_path / f"tables-{number}.sql").write_text("")

    tables.forget_old()

    assert len(list(tmp_path.glob("tables-*.sql"))) == tables.KEPT


def test_a_database_is_named_on_the_same_server():
    assert tables.called("postgresql:///portal?host=/run/a", "other") == "postgresql:///other?host=/run/a"
    assert tables.called("postgresql://boss@/postgres?host=/a", "b") == "postgresql://boss@/b?host=/a"
