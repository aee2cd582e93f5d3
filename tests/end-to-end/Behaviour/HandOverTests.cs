using OrleansChat.EndToEnd.Tests.Service;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>Receipt over plain TCP.</summary>
public sealed class HandOverTests(UnlimitedChatService service) : HandOverBehaviour(service), IClassFixture<UnlimitedChatService>;

/// <summary>The same through TLS, whose bytes are others than the chat's.</summary>
public sealed class TlsHandOverTests(UnlimitedTlsChatService service) : HandOverBehaviour(service), IClassFixture<UnlimitedTlsChatService>;
