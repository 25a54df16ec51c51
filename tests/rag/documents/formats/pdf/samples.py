"""Two columns of prose, line by line."""

LEFT = [
    "The mill at the lower bridge was built",
    "in 1822 and ground barley for all of the",
    "valley until the railway came. Today it",
    "houses the archive of the district, and",
    "its wheel turns on the first of May.",
]
RIGHT = [
    "Boats may pass the lock from six in the",
    "morning until nine at night. Every boat",
    "pays four crowns, and a raft pays seven.",
    "The keeper lives beside the lock, and he",
    "opens it in winter only on request.",
]
