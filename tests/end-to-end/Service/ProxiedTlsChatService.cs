namespace OrleansChat.EndToEnd.Tests.Service;

/// <summary>The same for clients whose TLS the proxy passes on as it is.</summary>
public sealed class ProxiedTlsChatService : TlsChatService
{
    public ProxiedTlsChatService() : base(ProxiedChatService.Trust) => Preamble = ProxiedChatService.LongHeader;
}
