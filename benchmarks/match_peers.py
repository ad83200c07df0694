"""Who else finds records of one person: splink, recordlinkage and plain rapidfuzz, untrained."""

from typing import Any

from rapidfuzz import fuzz, process

from benchmarks.match_data import Data, Scored


def rapidfuzz_of_all(data: Data) -> Scored:
    """Compare every record with every other as plain text."""
    found: Scored = []
    for begin in range(0, len(data.texts), 1_000):
        rows = process.cdist(
            data.texts[begin : begin + 1_000],
            data.texts,
            scorer=fuzz.token_sort_ratio,
            workers=2,
            score_cutoff=70,
        )
        for row, column in zip(*rows.nonzero(), strict=True):
            if column > row + begin:
                found.append((float(rows[row, column]), int(row) + begin, int(column)))
    return found


def _columns(data: Data) -> dict[str, list[str | None]]:
    """Return the parts peers compare, normalized as ours are."""
    firsts = [contact.first for contact in data.contacts]
    lasts = [contact.last for contact in data.contacts]
    return {
        "first": [one or None for one in firsts],
        "last": [one or None for one in lasts],
        "firm": [contact.employer or None for contact in data.contacts],
        "email": [contact.email or None for contact in data.contacts],
        "first3": [one[:3] or None for one in firsts],
        "last3": [one[:3] or None for one in lasts],
        "firm4": [contact.employer[:4] or None for contact in data.contacts],
    }


def recordlinkage_untrained(data: Data) -> Scored:
    """Block, compare and classify by expectation maximization, as its manual does."""
    import pandas  # noqa: ICN001, PLC0415
    import recordlinkage  # noqa: PLC0415

    frame = pandas.DataFrame(_columns(data)).fillna("")
    index = recordlinkage.Index()
    for keys in (["first3", "last3"], ["firm4", "last3"], ["firm4", "first3"], ["last", "first3"]):
        index.block(keys)
    pairs = index.index(frame)
    compared = recordlinkage.Compare()
    for column, least in (("first", 0.88), ("last", 0.88), ("firm", 0.9)):
        compared.string(column, column, method="jarowinkler", threshold=least, label=column)
    compared.exact("email", "email", label="email")
    vectors = compared.compute(pairs, frame)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(vectors)
    likely = classifier.prob(vectors) + vectors.sum(axis=1) * 1e-6
    return [(float(score), min(i, j), max(i, j)) for (i, j), score in likely.items()]


def splink_untrained(data: Data) -> Scored:
    """Estimate and predict without labels, as its manual does."""
    import pandas  # noqa: ICN001, PLC0415
    import splink.comparison_library as library  # noqa: PLC0415
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415

    frame = pandas.DataFrame({"unique_id": range(len(data.person)), **_columns(data)})
    comparisons: list[Any] = [
        library.ForenameSurnameComparison("first", "last"),
        library.JaroWinklerAtThresholds("firm", [0.97, 0.88]).configure(
            term_frequency_adjustments=True
        ),
    ]
    rules: list[Any] = [
        block_on("first3", "last3"),
        block_on("firm4", "last3"),
        block_on("firm4", "first3"),
        block_on("last", "first3"),
    ]
    if frame["email"].notna().any():
        comparisons.append(library.EmailComparison("email"))
        rules.append(block_on("email"))
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        probability_two_random_records_match=0.2 / len(frame),
    )
    api = DuckDBAPI()
    linker = Linker(api.register(frame), settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in rules[:2]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted: Any = linker.inference.predict(threshold_match_probability=0.0001)
    found = predicted.as_pandas_dataframe()
    rows = zip(found.match_weight, found.unique_id_l, found.unique_id_r, strict=True)
    return [(float(weight), min(i, j), max(i, j)) for weight, i, j in rows]
