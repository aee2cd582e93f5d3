using OrleansChat.GrainInterfaces;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Tests.Ledgers;

/// <summary>What a service may say of unread messages and markers, and the ledger believes or does not.</summary>
public sealed class ConversationLiesTests : ConversationWorld
{
    [Theory]
    [InlineData(3, 6, 0, true)]
    [InlineData(2, 6, 0, false)]
    [InlineData(4, 6, 0, false)] // its deletion is no message
    [InlineData(1, 6, 2, true)]
    [InlineData(2, 4, 1, false)] // of an earlier moment than when it was asked for
    public void Unread_messages_are_those_above_the_marker(int unread, long at, long read, bool isTrue)
    {
        Write();
        Mark(2);
        var find = Begin(Anna, RequestKind.FindConversation);
        Ledger.ConversationRead(find, Conversation("ben", unread, at, read));
        Judge(isTrue, Invariants.UnreadIsExact);
    }

    [Fact]
    public void Messages_to_oneself_are_never_unread()
    {
        Write();
        Ledger.ConversationRead(Begin(Anna, RequestKind.FindConversation), Conversation("anna", 2, 6, 0));
        Judge(false, Invariants.UnreadIsExact);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void What_the_purge_deletes_meanwhile_counts_or_not(int unread)
    {
        Write();
        var find = Begin(Anna, RequestKind.FindConversation);
        Ledger.Purged(Anna.User, 6);
        Ledger.ConversationRead(find, Conversation("ben", unread, 6, 0));
        Judge(true, "");
    }

    [Fact]
    public void A_conversation_with_messages_is_in_the_list()
    {
        Write();
        var list = new ConversationList("", 1, 6, [Conversation("anna", 0, 6, 0)], null);
        Ledger.ConversationsListed(Begin(Anna, RequestKind.ListConversations), null, list);
        Judge(false, Invariants.UnreadIsExact);
    }

    [Theory]
    [InlineData(2, 4, false)] // 3 was answered
    [InlineData(4, 4, true)]
    [InlineData(3, 4, false)] // it was marked
    [InlineData(5, 4, false)] // nobody has marked that far
    public void A_marker_rises_to_what_was_marked(long read, long marked, bool isTrue)
    {
        Write();
        Ledger.ConversationRead(Mark(3), Conversation("ben", 0, 6, 3), 3);
        Ledger.ConversationRead(Mark(marked), Conversation("ben", 0, 6, read), marked);
        Judge(isTrue, Invariants.MarkerOnlyRises);
    }

    [Fact]
    public void An_answer_that_was_asked_for_before_may_be_older()
    {
        Write();
        var find = Begin(Anna, RequestKind.FindConversation);
        Ledger.ConversationRead(Mark(3), Conversation("ben", 0, 6, 3), 3);
        Ledger.ConversationRead(find, Conversation("ben", 3, 6, 0));
        Judge(true, "");
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(3, false)]
    [InlineData(7, false)]
    public void What_was_said_to_have_arrived_has(long answered, bool isTrue)
    {
        Write();
        Receive(4, answered);
        Judge(isTrue, Invariants.MarkerOnlyRises);
    }
}
