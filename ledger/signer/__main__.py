"""python -m ledger.signer COMMAND: keys, sign, add-key, retire-key. One call, one answer, no network.

`sign` reads one line "size root" (base64) and writes the signed checkpoint; the others write vkeys. A refusal
goes to standard error with exit code 1.
"""

import argparse
import sys
from pathlib import Path

from ledger.signer.signing import Signer
from ledger.tlog.scalars import TlogError, b64d, dec


def main() -> int:
    parser = argparse.ArgumentParser(prog="ledger.signer", description=__doc__)
    parser.add_argument("--origin", required=True, help="the name of the record; it never changes")
    parser.add_argument("--key", type=Path, required=True, help="the key file; made at the first call")
    parser.add_argument("--memory", type=Path, required=True, help="the last tree that was signed")
    parser.add_argument("--log", type=Path, required=True, help="the folder of published files")
    parser.add_argument("--head", type=Path, action="append", default=[], help="a checkpoint as somebody else saw it")
    parser.add_argument("command", choices=["keys", "sign", "add-key", "retire-key"])
    given = parser.parse_args()
    signer = Signer(given.origin, given.key, given.memory, given.log, tuple(given.head))
    try:
        answer = answered(signer, given.command)
    except TlogError as refused:
        print(refused, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(answer)
    return 0


def answered(signer: Signer, command: str) -> bytes:
    match command:
        case "sign":
            size, _, root = sys.stdin.readline().strip().partition(" ")
            return signer.sign(dec(size), b64d(root, 32))
        case "add-key":
            return f"{signer.add_key().public}\n".encode()
        case "retire-key":
            return f"{signer.retire_key().public}\n".encode()
    return "".join(f"{key.public}\n" for key in signer.keys_in_force()).encode()


if __name__ == "__main__":
    sys.exit(main())
