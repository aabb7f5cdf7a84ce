"""What the processor can do."""

import torch


def has_bfloat16() -> bool:
    """Whether it multiplies numbers of 16 bits: without, they take 20 times as long as of 32."""
    if torch.cuda.is_available():
        supported: bool = torch.cuda.is_bf16_supported(including_emulation=False)
        return supported
    return any(has for name, has in torch.cpu.get_capabilities().items() if "bf16" in name)
