using OrleansChat.EndToEnd.Tests.Service;

namespace OrleansChat.EndToEnd.Tests.Transcripts;

/// <summary>Every transcript, each against a service that has just begun, with the three demonstration users.</summary>
public sealed class TranscriptTests : IAsyncLifetime
{
    private readonly ChatService _service = new();

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder, "*.chat").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Transcripts");

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_conversation_goes_as_it_is_written_down(string name)
    {
        using var player = new TranscriptPlayer(_service.ConnectAsync);
        await player.PlayAsync(Path.Combine(Folder, name + ".chat"));
    }
}
