using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Transcripts;

namespace OrleansChat.EndToEnd.Tests.Limits;

/// <summary>The default limits do not hinder people who converse.</summary>
[Trait("Tier", "All")]
public sealed class TenTimesTests : IAsyncLifetime
{
    /// <summary>Who has gone is off the list by then: see docs/protocol/line.md.</summary>
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(10);

    private readonly ChatService _service = new();

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Conversations_go_as_they_are_written_down_ten_times_in_a_row_from_one_address()
    {
        // Those that leave nothing behind.
        string[] names = ["a-day", "lines-and-words", "tokens", "texts", "inboxes", "own-decisions"];
        for (var i = 0; i < 10; i++)
        {
            foreach (var name in names)
            {
                using (var player = new TranscriptPlayer(_service.ConnectAsync, _ => Task.CompletedTask))
                    await player.PlayAsync(Path.Combine(AppContext.BaseDirectory, "Transcripts", name + ".chat"));
                // The next one begins where nobody is there: the service hears a moment later that these have gone.
                await Eventually.SeesAsync(
                    GoneWithin, async () => (await _service.Grains.Presence().GetOnline()).Names, names => names.Length == 0);
            }
        }
    }
}
