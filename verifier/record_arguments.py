"""What may follow the commands about the record on the command line."""

from argparse import ArgumentParser


def add(commands) -> None:
    """Add the commands to those of the command line."""
    one = commands.add_parser("record", help="recompute a whole public record")
    one.add_argument("place", help="address of the portal, or a folder with a copy")
    _believe(one)
    one.add_argument(
        "--prev", action="append", default=[], help="a checkpoint seen earlier or elsewhere (file, address)"
    )
    one.add_argument("--seen", help="a file that remembers the last checkpoint which fitted")
    one.add_argument("--fresh", type=int, metavar="MINUTES", help="greatest age of the newest cosignature")
    one = commands.add_parser("announcement", help="check an announcement against the public record")
    one.add_argument("place", help="folder, address, or one file of an announcement")
    one.add_argument("--record", help="where the record is, if not around the announcement")
    _believe(one)
    one.add_argument("--audit", help="a sampled audit of the list")
    one.add_argument("--files-only", action="store_true", help="compare the files with each other, not with the record")
    one = commands.add_parser("receipt", help="check a receipt, without any network")
    one.add_argument("file")
    one.add_argument("--policy", required=True, help="whose signatures to believe")
    one.add_argument("--me", action="append", default=[], metavar="KEY=VALUE", help="what the opening has to say of me")
    commands.add_parser("secret", help="make a secret for a random audit; keep what it prints")
    one = commands.add_parser("draw", help="compute a draw again: the sample of an audit, or the seats of a training")
    one.add_argument("rows", help="the rows file of the check of files (rows.jsonl), or the closed list of a training")
    for name, words in (("recruitment", "its name in the address"), ("stage", "its name in the record"),
                        ("training", "instead of those: the name of a training in its address")):  # fmt: skip
        one.add_argument(f"--{name}", help=words)
    one.add_argument("--seats", type=int, help="how many seats the training has")
    one.add_argument("--list-digest", help="digest of the closed list, as in the record")
    one.add_argument("--root", required=True, help="root of the checkpoint, in hex")
    one.add_argument("--size", required=True, type=int, help="size of the checkpoint")
    one.add_argument("--round", type=int, default=1, dest="number")
    for name, words in (("team", "what the team showed"), ("office", "what the office showed"),
                        ("beacon", "the value of the public beacon")):  # fmt: skip
        one.add_argument(f"--{name}", default="-", help=f"{words}; - for nothing")
    one.add_argument("--digest", help="digest of the sample, or of the order of a training, as in the record")
    one = commands.add_parser("witness", help="cosign checkpoints of a log")
    one.add_argument("--state", required=True, help="a folder that no other program writes to")
    one.add_argument("--listen", default="127.0.0.1:8107", metavar="HOST:PORT")
    one.add_argument("--log-key", action="append", required=True, metavar="VKEY")
    one.add_argument(
        "--name", default="witness.invalid/w1", help="the name of this witness, an address without https://"
    )


def _believe(parser: ArgumentParser) -> None:
    parser.add_argument("--policy", help="whose signatures to believe (tlog-policy); better not from the portal itself")
