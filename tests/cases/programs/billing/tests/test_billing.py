from billing import double, total


def test_two():
    assert str(total("2.671")) == "2.67"
    assert str(total("1")) == "1.00"


def test_double():
    assert double(4) == 8
