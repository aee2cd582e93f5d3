using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Rooms;

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
        using var player = new TranscriptPlayer(service.ConnectAsync, OperateAsync);
        await player.PlayAsync(Path.Combine(Folder, name + ".chat"));
    }

    private async Task OperateAsync(string[] words)
    {
        var change = new RoomChange(
            MessageId.New(DateTimeOffset.UtcNow), Enum.Parse<RoomChangeKind>(words[0], ignoreCase: true), words[1],
            words.ElementAtOrDefault(2), Enum.Parse<RoomRole>(words.ElementAtOrDefault(3) ?? "member", ignoreCase: true), "A Room",
            IsPublic: false, ShowsAll: false);
        Assert.Equal(RoomResult.Done, (await new RoomStore(service.Sql, new RoomLimits()).OperateAsync(change)).Result);
    }
}

/// <inheritdoc/>
public sealed class TranscriptTests() : TranscriptBehaviour(new ChatService());

/// <summary>The same through TLS.</summary>
public sealed class TlsTranscriptTests() : TranscriptBehaviour(new TlsChatService());
