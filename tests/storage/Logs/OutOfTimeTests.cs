using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Tests.Conversations;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests.Logs;

/// <summary>The database's clock judges the times of ids.</summary>
public sealed partial class OutOfTimeTests(ConversationWorld world) : IClassFixture<ConversationWorld>
{
    // Less than any clock needs between two statements here.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task An_id_too_far_ahead_is_refused_as_one_that_is_too_old_is()
    {
        var (me, peer) = await world.TwoAsync();

        Assert.Equal(AppendResult.OutOfTime, await AppendAsync(MessageId.MaxAhead + Margin));
        Assert.Equal(AppendResult.OutOfTime, await AppendAsync(-MessageId.Lifetime - Margin));
        Assert.Equal(AppendResult.Stored, await AppendAsync(MessageId.MaxAhead - Margin));
        Assert.Equal(AppendResult.Stored, await AppendAsync(-MessageId.Lifetime + Margin));

        Assert.Equal(2, await world.LastAsync(me));

        async Task<AppendResult> AppendAsync(TimeSpan offset) =>
            await world.AppendAsync(peer, me, Message("x", id: MessageId.New(await DatabaseTimeAsync() + offset)));
    }

    [Fact]
    public async Task A_warning_names_both_times_once_a_minute()
    {
        var (me, peer) = await world.TwoAsync();
        var (time, logger) = (new FakeTimeProvider(), new ListLogger<Mailbox>());
        await using var writer = new MailboxWriter(
            async token => await MailboxConnection.OpenAsync(world.Storage.Database, token), time, logger);
        var before = await DatabaseTimeAsync();

        // The stored one of the group is not what the warning is about.
        var stored = Message("stored");
        await writer.AppendAsync(Group(me.Account, 1, peer.Session, stored));
        var minted = before.AddHours(1);
        Assert.Equal(AppendResult.OutOfTime, await writer.AppendAsync(
            Group(me.Account, 2, peer.Session, stored, Message("ahead", id: MessageId.New(minted)))));
        Assert.Equal(AppendResult.OutOfTime, await SendAsync(before.AddHours(2)));
        var warning = Assert.Single(logger.At(LogLevel.Warning));
        var times = Times().Matches(warning).Select(match => DateTimeOffset.Parse(match.Value, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(minted.ToUnixTimeMilliseconds(), times[0].ToUnixTimeMilliseconds());
        Assert.InRange(times[1], before, await DatabaseTimeAsync());

        time.Advance(TimeSpan.FromSeconds(59));
        await SendAsync(before.AddHours(3));
        Assert.Single(logger.At(LogLevel.Warning));
        time.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(before.AddHours(-4));
        Assert.Equal(2, logger.At(LogLevel.Warning).Count());

        Task<AppendResult> SendAsync(DateTimeOffset at) =>
            writer.AppendAsync(Group(me.Account, 2, peer.Session, Message("x", id: MessageId.New(at))));
    }

    [Fact]
    public async Task The_time_of_an_id_is_the_one_that_it_was_minted_for()
    {
        var now = await DatabaseTimeAsync();
        foreach (var at in new[] { DateTimeOffset.UnixEpoch, now, new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero) })
            Assert.Equal(at.ToUnixTimeMilliseconds(), MessageId.MintedAt(MessageId.New(at)).ToUnixTimeMilliseconds());
    }

    private async Task<DateTimeOffset> DatabaseTimeAsync() => DateTimeOffset.UnixEpoch.AddMicroseconds(
        await world.Sql.CountAsync("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"));

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[0-9:.]+\+00:00")]
    private static partial Regex Times();
}
