"""The tree is the one of RFC 6962 and RFC 9162: the RFCs' and other people's vectors, and an independent library.

The eight leaves with their roots and proofs are the reference vectors of the Certificate Transparency project
(certificate-transparency-go and transparency-dev/merkle), by which implementations of RFC 6962 are tried.
"""

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from ihala.audit import hashes, tree
from ihala.audit.signing import Signer
from ihala.audit.verify import OPERATOR, WITNESS, Key, Note, Tree, canonical, leaf_hash

LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {  # (index, size): path
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {  # (old, new): path
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def known(leaves):
    """Look-up of nodes among leaves, the slow way."""

    def look(nodes):
        found = {}
        for height, index in nodes:
            grown = Tree()
            for leaf in leaves[index << height : (index + 1) << height]:
                grown.add(leaf)
            found[height, index] = grown.root()
        return found

    return look


HASHED = [leaf_hash(leaf) for leaf in LEAVES]


def test_the_empty_tree_is_the_hash_of_nothing():
    assert Tree().root() == hashlib.sha256(b"").digest()


def test_roots_are_those_of_the_reference_vectors():
    grown, roots = Tree(), []
    for leaf in HASHED:
        grown.add(leaf)
        roots.append(grown.root().hex())
    assert roots == ROOTS
    assert [tree.root_of(0, n, known(HASHED)(tree.nodes(0, n))).hex() for n in range(1, 9)] == ROOTS


@pytest.mark.parametrize(("asked", "path"), INCLUSION.items())
def test_inclusion_proofs_are_those_of_the_reference_vectors(asked, path):
    index, size = asked
    found = tree.proof(tree.inclusion(index, size), known(HASHED))
    assert [one.hex() for one in found] == path
    assert tree.included(HASHED[index], index, size, found, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("asked", "path"), CONSISTENCY.items())
def test_consistency_proofs_are_those_of_the_reference_vectors(asked, path):
    old, new = asked
    found = tree.proof(tree.consistency(old, new), known(HASHED))
    assert [one.hex() for one in found] == path
    assert tree.consistent(old, bytes.fromhex(ROOTS[old - 1]), new, bytes.fromhex(ROOTS[new - 1]), found)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 70), st.data())
def test_an_independent_implementation_agrees_on_roots_and_proofs(size, data):
    """pymerkle, which knows nothing of ours."""
    other, ours = InmemoryTree(algorithm="sha256"), Tree()
    entries = [data.draw(st.binary(max_size=8)) for _number in range(size)]
    leaves = [leaf_hash(entry) for entry in entries]
    for entry, leaf in zip(entries, leaves, strict=True):
        other.append_entry(entry)
        ours.add(leaf)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    look, root = known(leaves), ours.root()
    assert other.get_root() == root
    path = tree.proof(tree.inclusion(index, size), look)
    theirs = other.prove_inclusion(index + 1, size)
    assert [leaves[index].hex(), *(one.hex() for one in path)] == theirs.serialize()["path"]
    assert tree.included(leaves[index], index, size, path, root)
    path = tree.proof(tree.consistency(old, size), look)
    assert tree.consistent(old, other.get_root(old), size, root, path)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 40), st.data())
def test_a_proof_that_was_touched_proves_nothing(size, data):
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    look, grown, before = known(leaves), Tree(), {}
    for leaf in leaves:
        grown.add(leaf)
        before[grown.size] = grown.root()
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    inside, along = (
        tree.proof(tree.inclusion(index, size), look),
        tree.proof(tree.consistency(old, size), look),
    )
    spoilt = [*inside[:-1], bytes(32)]
    assert not tree.included(leaves[index], index, size, spoilt, grown.root())
    assert not tree.included(leaves[index], index, size, inside[:-1], grown.root())
    assert not tree.included(leaves[index], index, size, [*inside, bytes(32)], grown.root())
    assert not tree.included(leaves[index], size, size, inside, grown.root())
    assert not tree.consistent(old, before[old], size, grown.root(), [*along[:-1], bytes(32)])
    assert not tree.consistent(old, before[old], size, grown.root(), [*along, bytes(32)])
    assert not tree.consistent(old, bytes(32), size, grown.root(), along)
    assert not tree.consistent(old, before[old], size, grown.root(), [])
    assert not tree.consistent(size, grown.root(), old, before[old], along)


def test_every_tree_goes_on_from_nothing_and_from_itself():
    assert tree.consistent(0, Tree().root(), 3, bytes.fromhex(ROOTS[2]), [])
    assert tree.consistent(3, bytes.fromhex(ROOTS[2]), 3, bytes.fromhex(ROOTS[2]), [])
    assert not tree.consistent(3, bytes.fromhex(ROOTS[2]), 3, bytes.fromhex(ROOTS[1]), [])
    assert tree.consistency(0, 3) == tree.consistency(3, 3) == []


# ------------------------------------------------------------ notes and signatures

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_SECRET = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETERS_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETERS_LINE = (
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
BEHIND_THE_SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
"""The example of C2SP tlog-checkpoint and tlog-cosignature; its keys were not published."""


def test_a_note_is_signed_to_the_byte_as_the_reference_implementation_signs_it():
    """The vector of golang.org/x/mod/sumdb/note, which C2SP signed-note describes."""
    signer = Signer.of("PeterNeumann", OPERATOR, base64.b64decode(PETERS_SECRET)[1:])
    assert str(signer.key) == PETER and Key.read(PETER) == signer.key
    assert signer.line(signer.private.sign(PETERS_TEXT.encode())) == PETERS_LINE


def test_the_checkpoint_of_the_specification_is_read():
    note = Note.read(BEHIND_THE_SOFA)
    assert (note.origin, note.size) == ("example.com/behind-the-sofa", 20852163)
    assert base64.b64encode(note.root).decode() == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert [name for name, _id, _rest in note.signatures] == [
        "example.com/behind-the-sofa",
        "witness.example.com/w1",
    ]
    _name, key_id, rest = note.signatures[1]
    assert (key_id.hex(), int.from_bytes(rest[:8], "big"), len(rest)) == ("8d66cf3f", 1679315147, 72)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.replace("20852163", "020852163"),
        lambda note: note.replace("20852163", "-1"),
        lambda note: note.replace("20852163", "٣"),
        lambda note: note.replace("CsUY", "Cs"),
        lambda note: note.replace("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", "CsUY", 1),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.rstrip("\n"),
        lambda note: note.replace("example.com/behind-the-sofa\n2", "\n2", 1),
        lambda note: note.replace("example", "exam\tple"),
        lambda note: note.replace("— wit", "- wit"),
        lambda note: note.replace("— witness", "— wit+ness"),
        lambda note: note.replace("jWbPP", "jW"),
        lambda note: note + "— short AAAA\n",
        lambda note: "",
    ],
)
def test_what_is_no_checkpoint_is_refused(spoil):
    with pytest.raises(ValueError):
        Note.read(spoil(BEHIND_THE_SOFA))


@pytest.mark.parametrize(
    "text", ["", "x", "a+b", PETER[:-4], PETER.replace("c74", "c75"), PETER[1:], "n+00+AA=="]
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(ValueError, match="not a key"):
        Key.read(text)


def test_a_signature_of_a_known_key_is_checked_and_one_of_a_stranger_ignored():
    signer, stranger = Signer.of("a.example", WITNESS, bytes(32)), Signer.of("a.example", OPERATOR, b"x" * 32)
    text = f"a.example\n3\n{base64.b64encode(bytes(32)).decode()}\n"
    note = Note.read(f"{text}\n{stranger.line(stranger.private.sign(text.encode()))}")
    assert note.signed_at(signer.key) is None
    assert note.signed_at(stranger.key) == 0
    forged = Note.read(f"{text}\n{stranger.line(bytes(64))}")
    with pytest.raises(InvalidSignature):
        forged.signed_at(stranger.key)


def test_the_bytes_of_an_event_do_not_depend_on_order_or_spaces():
    assert canonical({"b": [1, "أمان"], "a": None}) == '{"a":null,"b":[1,"أمان"]}'.encode()


# ------------------------------------------------------------ what is kept


def test_roots_and_proofs_from_what_is_kept_are_those_of_the_whole_tree(db):
    """Across the borders of tiles: 65,536 leaves make a tile of the second level."""
    from ihala.core.acting import at_the_log

    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(66_000)]
    grown, roots = Tree(), {}
    for leaf in leaves:
        grown.add(leaf)
        if grown.size in (1, 255, 256, 257, 300, 65_535, 65_536, 65_999, 66_000):
            roots[grown.size] = grown.root()
    with at_the_log():
        for start, end in ((0, 1), (1, 257), (257, 300), (300, 65_537), (65_537, 66_000)):
            assert hashes.size() == start
            hashes.append(start, leaves[start:end])
        assert {size: hashes.root(size) for size in roots} == roots
        for index, size in ((0, 1), (0, 66_000), (256, 66_000), (65_999, 66_000), (255, 300), (1000, 65_536)):
            path = hashes.inclusion(index, size)
            assert tree.included(leaves[index], index, size, path, roots[size])
        for old, new in ((1, 66_000), (256, 300), (257, 65_535), (65_536, 65_999), (65_999, 66_000)):
            assert tree.consistent(old, roots[old], new, roots[new], hashes.consistency(old, new))
        with pytest.raises(KeyError):
            hashes.root(66_001)
    assert hashes.root(0) == Tree().root()


def test_a_proof_asks_the_database_a_handful_of_times(db, django_assert_max_num_queries):
    from ihala.core.acting import at_the_log

    with at_the_log():
        hashes.append(0, [leaf_hash(bytes([number % 256])) for number in range(70_000)])
        with django_assert_max_num_queries(5):
            hashes.inclusion(12_345, 70_000)
