using OrleansChat.EndToEnd.Tests.Service;

namespace OrleansChat.EndToEnd.Tests.Transcripts;

/// <summary>Every transcript, each against a service that has just begun, with the three demonstration users.</summary>
public abstract class TranscriptBehaviour(ChatService service) : IAsyncLifetime
{

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder, "*.chat").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Transcripts");

    public Task InitializeAsync() => service.InitializeAsync();

    public Task DisposeAsync() => service.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_conversation_goes_as_it_is_written_down(string name)
    {
        using var player = new TranscriptPlayer(service.ConnectAsync);
        await player.PlayAsync(Path.Combine(Folder, name + ".chat"));
    }
}

/// <inheritdoc/>
public sealed class TranscriptTests() : TranscriptBehaviour(new ChatService());

/// <summary>The same through TLS.</summary>
public sealed class TlsTranscriptTests() : TranscriptBehaviour(new TlsChatService());
