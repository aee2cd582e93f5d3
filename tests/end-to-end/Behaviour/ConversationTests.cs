using System.Text;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>What stays of the messages that the text protocol sends, by the grains, since no door shows it yet.</summary>
public sealed class ConversationTests(ChatService service) : IClassFixture<ChatService>
{
    private static readonly PageRequest Newest = new("", PageKind.Newest, default, "", 50);

    [Fact]
    public async Task Both_sides_see_one_conversation_after_it_was_received()
    {
        var (one, other) = (await EnterAsync("c"), await EnterAsync("c"));
        await one.SayAsync(other, "question");
        await other.SayAsync(one, "answer");
        await one.SayAsync(other, "thanks");
        Assert.Equal(["question", "thanks"], Replies.TextsIn(await other.Client.AskAsync("inbox")));
        Assert.Equal(Replies.EmptyInbox, await other.Client.AskAsync("inbox"));

        foreach (var (me, peer) in new[] { (one, other), (other, one) })
        {
            var page = Answer(await me.Grain.ReadPage(me.Session, Newest with { Peer = peer.Name }));
            Assert.Equal([(one.Name, "question"), (other.Name, "answer"), (one.Name, "thanks")], page.Entries.Select(Shown));
            Assert.Null(page.Older);
            Assert.Null(page.Newer);
        }
    }

    [Fact]
    public async Task Unread_messages_are_counted_until_they_were_read_whatever_inbox_has_handed_over()
    {
        var (me, peer) = (await EnterAsync("u"), await EnterAsync("u"));
        for (var i = 1; i <= 3; i++) await peer.SayAsync(me, $"{i}");
        await me.SayAsync(peer, "mine");
        Assert.Equal(["1", "2", "3"], Replies.TextsIn(await me.Client.AskAsync("inbox")));

        var list = Answer(await me.Grain.List(me.Session, 10, null));
        var listed = Assert.Single(list.Conversations);
        Assert.Equal((peer.Name, 3, 3L, 0L), (listed.Peer, listed.Unread, listed.UnreadAt, listed.Read));
        Assert.Equal("mine", Shown(listed.Last!).Text);

        var read = Answer(await me.Grain.MarkRead(me.Session, list.Epoch, peer.Name, 2));
        Assert.Equal((1, 2L), (read.Unread, read.Read));
        read = Answer(await me.Grain.MarkRead(me.Session, list.Epoch, peer.Name, 1));
        Assert.Equal((1, 2L), (read.Unread, read.Read));
        Assert.Equal(ConversationStatus.OtherEpoch, (await me.Grain.MarkRead(me.Session, "another", peer.Name, 3)).Status);
    }

    [Fact]
    public async Task What_a_blocked_user_sends_is_refused_as_if_there_were_no_recipient_until_they_are_unblocked()
    {
        var (me, peer) = (await EnterAsync("b"), await EnterAsync("b"));
        await peer.SayAsync(me, "before");
        Answer(await me.Grain.SetBlocked(me.Session, peer.Name, isBlocked: true));

        Assert.Equal(Replies.NoRecipient, await peer.Client.AskAsync($"send {peer.Client.Token} {me.Name} refused"));
        Assert.Equal(Replies.NoRecipient, await peer.Client.AskAsync($"sendonce {peer.Client.Token} id {me.Name} refused"));
        Assert.Equal([peer.Name], Answer(await me.Grain.ListBlocked(me.Session)));
        await me.SayAsync(peer, "I may");

        Answer(await me.Grain.SetBlocked(me.Session, peer.Name, isBlocked: false));
        await peer.SayAsync(me, "after");
        Assert.Equal(["before", "after"], Replies.TextsIn(await me.Client.AskAsync("inbox")));
        Assert.Empty(Answer(await me.Grain.ListBlocked(me.Session)));
    }

    [Fact]
    public async Task A_message_that_its_writer_has_deleted_is_not_handed_over_and_changes_no_count()
    {
        var (me, peer) = (await EnterAsync("d"), await EnterAsync("d"));
        await peer.SayAsync(me, "kept");
        await peer.SayAsync(me, "regretted");
        var epoch = Answer(await me.Grain.List(me.Session, 1, null)).Epoch;

        Assert.Equal(ConversationStatus.NotFound, (await DeleteAsync(me, 2)).Status);
        var deletion = Answer(await DeleteAsync(peer, 2));
        Assert.Equal(3, deletion.Number);
        Assert.Equal(deletion, Answer(await DeleteAsync(peer, 2)));

        Assert.Equal(["kept"], Replies.TextsIn(await me.Client.AskAsync("inbox")));
        Assert.Equal(Replies.EmptyInbox, await me.Client.AskAsync("inbox"));
        Assert.Equal(2, Answer(await me.Grain.Find(me.Session, peer.Name)).Unread);
        var log = Answer(await me.Grain.ReadLog(me.Session, epoch, 0, 10));
        Assert.Equal(
            [(1L, EntryKind.Message, null, "kept"), (2, EntryKind.Message, 3, ""), (3, EntryKind.Deleted, 2, "")],
            log.Entries.Select(entry => (entry.Number, entry.Kind, entry.Target, Shown(entry).Text)));

        Task<ConversationReply<Position>> DeleteAsync(Person who, long number) =>
            me.Grain.Delete(who.Session, epoch, number, MessageId.New(TimeProvider.System.GetUtcNow()));
    }

    [Fact]
    public async Task What_was_received_elsewhere_leaves_the_inbox()
    {
        var (me, peer) = (await EnterAsync("e"), await EnterAsync("e"));
        await peer.SayAsync(me, "shown elsewhere");
        await peer.SayAsync(me, "not yet");
        var epoch = Answer(await me.Grain.List(me.Session, 1, null)).Epoch;

        Assert.Equal(1, Answer(await me.Grain.Receive(me.Session, epoch, 1)).Number);

        Assert.Equal(["not yet"], Replies.TextsIn(await me.Client.AskAsync("inbox")));
    }

    [Fact]
    public async Task A_session_that_was_logged_out_sees_nothing_and_changes_nothing()
    {
        var (me, peer) = (await EnterAsync("f"), await EnterAsync("f"));
        await peer.SayAsync(me, "secret");
        var epoch = Answer(await me.Grain.List(me.Session, 1, null)).Epoch;
        await me.Client.AskAsync("logout");

        ConversationStatus[] answers =
        [
            (await me.Grain.ReadPage(me.Session, Newest with { Peer = peer.Name })).Status,
            (await me.Grain.List(me.Session, 1, null)).Status, (await me.Grain.Find(me.Session, peer.Name)).Status,
            (await me.Grain.SetMuted(me.Session, peer.Name, true)).Status,
            (await me.Grain.MarkRead(me.Session, epoch, peer.Name, 1)).Status, (await me.Grain.ReadLog(me.Session, epoch, 0, 1)).Status,
            (await me.Grain.Receive(me.Session, epoch, 1)).Status, (await me.Grain.SetBlocked(me.Session, peer.Name, true)).Status,
            (await me.Grain.ListBlocked(me.Session)).Status,
        ];

        Assert.All(answers, answer => Assert.Equal(ConversationStatus.NoSession, answer));
        await peer.SayAsync(me, "not blocked");
        using var back = await service.LogInAsync(me.Name);
        Assert.Equal(["secret", "not blocked"], Replies.TextsIn(await back.AskAsync("inbox")));
    }

    private static (string Sender, string Text) Shown(LogEntry entry) => (entry.Sender, Encoding.UTF8.GetString(entry.Text).Trim());

    private static T Answer<T>(ConversationReply<T> reply)
        where T : class
    {
        Assert.Equal(ConversationStatus.Answered, reply.Status);
        return reply.Value!;
    }

    private async Task<Person> EnterAsync(string role)
    {
        var (name, client) = await service.EnterAsync(role);
        return new Person(name, client, service.Grains.Conversations(name), GrainKeys.ForSession(client.Token));
    }

    private sealed record Person(string Name, WireClient Client, IConversationGrain Grain, string Session)
    {
        public async Task SayAsync(Person to, string text) =>
            Assert.Equal(Replies.Sent, await Client.AskAsync($"send {Client.Token} {to.Name} {text}"));
    }
}
