"""Which running cases may say the same as what somebody is about to send: only from what everybody reads anyway.

The words of citizens are ciphertext and are compared with nobody's. What is compared is the new text with the public
summaries, word by word in the stems of the Indonesian dictionary.
"""

from django.db import connection

from participation.models import ServiceCase

SHOWN = 3
SHARE = 0.5  # of the words of a summary that the person wrote too
FEWEST = 2  # of them: one word alone is no likeness
# They stand in every second sentence; the Indonesian dictionary of PostgreSQL has no stop words of its own.
SMALL = (
    "ada adalah akan atau bagi belum bisa boleh dan dapat dari dengan di dua ini itu juga kami kapan karena ke kita lagi"
    " lama mohon oleh pada paling para saat saja sampai satu saya seperti sudah supaya tapi telah tidak untuk yang"
)
ALIKE = """
    WITH small AS (SELECT tsvector_to_array(to_tsvector('indonesian', %(small)s)) AS stems),
    said AS (SELECT tsvector_to_array(ts_delete(to_tsvector('indonesian', %(text)s), stems)) AS stems FROM small),
    near AS (
        SELECT c.id, c.filed_at, c.topic = %(topic)s AS same_topic, said.stems AS mine,
            tsvector_to_array(ts_delete(to_tsvector('indonesian'::regconfig, COALESCE(c.summary, '')), small.stems)) AS theirs
        FROM participation_servicecase c, said, small
        WHERE c.state IN ('routed', 'answered', 'reopened') AND c.summary <> ''
          AND to_tsvector('indonesian'::regconfig, COALESCE(c.summary, ''))
              @@ (SELECT string_agg(quote_literal(stem), '|')::tsquery FROM said, unnest(said.stems) AS stem)
    ), counted AS (
        SELECT id, filed_at, same_topic, cardinality(theirs) AS words,
            (SELECT count(*) FROM unnest(theirs) AS stem WHERE stem = ANY (mine)) AS shared
        FROM near
    )
    SELECT id FROM counted WHERE shared >= %(fewest)s AND shared >= %(share)s * words
    ORDER BY shared::float / words DESC, same_topic DESC, filed_at DESC, id LIMIT %(shown)s
"""


def alike(text: str, *, place: str = "", topic: str = "") -> list[ServiceCase]:
    """Up to SHOWN running cases whose public summary says much of `text` and `place`, the most alike first."""
    asked = {"text": f"{text} {place}".replace("\0", " "), "topic": topic, "small": SMALL}
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, asked | {"fewest": FEWEST, "share": SHARE, "shown": SHOWN})
        order = [pk for (pk,) in cursor.fetchall()]
    found = ServiceCase.objects.select_related("agency").in_bulk(order)
    return [found[pk] for pk in order]
