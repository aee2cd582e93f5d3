using OrleansChat.EndToEnd.Tests.Service;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>Receipt over plain TCP.</summary>
public sealed class HandOverTests(ChatService service) : HandOverBehaviour(service), IClassFixture<ChatService>;

/// <summary>The same through TLS, whose bytes are others than the chat's.</summary>
public sealed class TlsHandOverTests(TlsChatService service) : HandOverBehaviour(service), IClassFixture<TlsChatService>;
