"""Masked forms: enough to recognise, too little to use."""

import pytest

from qingshou.access import masking

CASES = [
    (masking.mask_id, "990101198001010011", "990***********0011"),
    (masking.mask_id, "9901 0119 8001 0100 11", "990***********0011"),
    (masking.mask_id, "12345", "1****"),
    (masking.mask_id, "", ""),
    (masking.mask_phone, "19900001234", "199****1234"),
    (masking.mask_phone, "0913-8251234", "091****1234"),
    (masking.mask_phone, "110", "1****"),
    (masking.mask_phone, "", ""),
    (masking.mask_address, "青石县城关镇北关村3组12号", "青石县城关镇****"),
    (masking.mask_address, "青石县", "青****"),
    (masking.mask_address, "", ""),
    (masking.mask_text, "青石水泥厂", "青****"),
]


@pytest.mark.parametrize(("mask", "plain", "shown"), CASES)
def test_masks(mask, plain, shown):
    assert mask(plain) == shown
