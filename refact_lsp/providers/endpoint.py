"""Where one model is asked and how: what the provider file and the model's record come to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from refact_lsp.config.model_records import CompletionModel
from refact_lsp.config.provider_file import ProviderFile
from refact_lsp.config.resolve import Instance
from refact_lsp.config.secret import KeySource, Secret
from refact_lsp.messages import Destination
from refact_lsp.net.call import Network
from refact_lsp.privacy.destination import destination_of
from refact_lsp.providers.endpoints import wire_of_url

_DEFAULT_WIRES = ("openai_completions", "openai_chat_completions")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One model of one instance, as it is asked.

    `base` is the base URL; `whole` the whole URL for completions, which wins. `wires` are the
    wire formats to ask over, best first. `key` is where the key comes from, None for none.
    `n_ctx` is the context that the files say, 0: they do not.
    """

    instance: str
    model: str
    base: str
    whole: str
    wires: tuple[str, ...]
    key: KeySource | None
    headers: Mapping[str, Secret]
    network: Network
    destination: Destination
    settings: ProviderFile
    record: CompletionModel
    n_ctx: int = 0

    @property
    def id(self) -> str:
        """`provider/model`."""
        return f"{self.instance}/{self.model}"

    @property
    def url(self) -> str:
        """The URL that says where it is, for the gate and for warming up."""
        return self.whole or self.base


def endpoint_of(instance: Instance, name: str) -> Endpoint | None:
    """Answer how a completion model of an instance is asked; None where it has none or no URL.

    An instance that is off is not asked.
    """
    record = instance.completion.get(name)
    if record is None or instance.off:
        return None
    given = instance.settings
    whole = record.endpoint or given.completion_endpoint
    if not (whole or given.endpoint):
        return None
    url = whole or given.endpoint
    return Endpoint(
        instance=instance.name,
        model=record.name or name,
        base=given.endpoint,
        whole=whole,
        wires=_wires(given, record.wire_format, whole),
        key=record.api_key or record.auth_token or given.api_key,
        headers={**given.extra_headers, **record.extra_headers},
        network=network_of(given),
        destination=destination_of(instance.name, url, is_private=given.private),
        settings=given,
        record=record,
        n_ctx=record.n_ctx,
    )


def network_of(given: ProviderFile) -> Network:
    """Answer the way to a provider's server."""
    reach = given.reach
    return Network(
        proxy=reach.proxy,
        no_proxy=reach.no_proxy,
        ca_bundle=reach.ca_bundle,
        verify=reach.verify,
        http2=reach.http2,
        allow_insecure=reach.allow_insecure,
        allow_link_local=reach.allow_link_local,
    )


def _wires(given: ProviderFile, own: str, whole: str) -> tuple[str, ...]:
    """Answer the wires of an endpoint: a model's own, else the one that a whole URL's end says."""
    if own:
        return (own,)
    if whole and (spoken := wire_of_url(whole)):
        return (spoken,)
    if given.completion_endpoint_style:
        return (given.completion_endpoint_style,)
    return given.completion_wires or _DEFAULT_WIRES
