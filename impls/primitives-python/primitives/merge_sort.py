"""The contract's merge sort: top down, one auxiliary list, no cut-off to another sort."""


def merge_sort(values: list[int]) -> None:
    sort_range(values, [0] * len(values), 0, len(values))


def sort_range(values: list[int], auxiliary: list[int], low: int, high: int) -> None:
    if high - low < 2:
        return
    middle = low + (high - low) // 2
    sort_range(values, auxiliary, low, middle)
    sort_range(values, auxiliary, middle, high)
    merge(values, auxiliary, low, middle, high)


def merge(values: list[int], auxiliary: list[int], low: int, middle: int, high: int) -> None:
    """Joins the sorted values[low:middle] and values[middle:high], taking from the left when equal."""
    auxiliary[low:high] = values[low:high]
    left, right, out = low, middle, low
    while left < middle and right < high:
        if auxiliary[left] <= auxiliary[right]:
            values[out] = auxiliary[left]
            left += 1
        else:
            values[out] = auxiliary[right]
            right += 1
        out += 1
    # One of the two is empty. What is left of the other is in its order, and that of the right already in its place.
    values[out : out + middle - left] = auxiliary[left:middle]
