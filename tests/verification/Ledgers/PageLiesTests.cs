using OrleansChat.GrainInterfaces;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Tests.Ledgers;

/// <summary>What a service may show of messages that stay, and the ledger believes or does not.</summary>
public sealed class PageLiesTests : ConversationWorld
{
    [Theory]
    [InlineData("1 2d 3", null, true)]
    [InlineData("2d 3", 1L, true)]
    [InlineData("1 3", null, false)]
    [InlineData("1 2d 3 3", null, false)]
    [InlineData("2d 1 3", null, false)]
    [InlineData("2d 3", null, false)] // it is said to begin at the end
    [InlineData("1 2d 3 4", null, false)] // of the other's
    public void A_page_shows_all_between_its_ends_once(string numbers, long? older, bool isTrue)
    {
        Write();
        ReadPage(numbers, older);
        if (isTrue) Judge(true, "");
        else Assert.Contains(Ledger.Violations, violation => violation.Invariant == Invariants.PagesLoseNothing);
    }

    [Theory]
    [InlineData("1 2 3")] // the text of what is deleted
    [InlineData("1 2e 3")] // without the number of its deletion
    public void A_deleted_text_is_shown_nowhere(string numbers)
    {
        Write();
        ReadPage(numbers, null);
        Judge(false, Invariants.ExpiredIsGone);
    }

    [Fact]
    public void A_page_after_a_place_begins_there()
    {
        Write();
        var asked = new PageRequest("ben", PageKind.After, new(1, 0), "", 9);
        Ledger.PageRead(Begin(Anna, RequestKind.ReadPage), asked, new ConversationPage("", Entries("3"), new(2, 0), null));
        Judge(false, Invariants.PagesLoseNothing);
    }

    [Theory]
    [InlineData("4 5 6x", 0L, true)]
    [InlineData("4 6x", 0L, false)]
    [InlineData("5 6x", 0L, false)]
    [InlineData("5 6x", 5L, false)] // more is said to be deleted than is
    [InlineData("4 5 6x", 4L, true)]
    public void A_log_leaves_out_no_number(string numbers, long first, bool isTrue)
    {
        Write();
        Ledger.Purged(Anna.User, 3);
        var part = new LogPart(Entries(numbers), 6, first == 0 ? null : first);
        Ledger.LogRead(Begin(Anna, RequestKind.ReadLog), first == 0 ? 3 : 0, part);
        if (isTrue) Judge(true, "");
        else Assert.Contains(Ledger.Violations, violation => violation.Invariant == Invariants.PagesLoseNothing);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void A_message_is_found_until_the_purge_deletes_it(long purged, bool isTrue)
    {
        Write();
        Ledger.Purged(Anna.User, purged);
        Ledger.NotFound(Begin(Anna, RequestKind.ReadPage), new PageRequest("ben", PageKind.Around, new(1, 0), "", 9));
        Judge(isTrue, Invariants.PagesLoseNothing);
    }

    [Fact]
    public void What_the_purge_has_deleted_is_shown_to_nobody_who_asks_later()
    {
        Write();
        var before = Begin(Anna, RequestKind.ReadPage);
        Ledger.Purged(Anna.User, 1);
        ReadPage("1 2d 3", null, before);
        Judge(true, "");
        ReadPage("1 2d 3", null);
        Judge(false, Invariants.ExpiredIsGone);
    }

    [Theory]
    [InlineData(3, 4, false)] // number 4 was not received
    [InlineData(6, 6, true)]
    [InlineData(6, 5, false)] // number 6 has expired, and stays
    [InlineData(0, 0, true)]
    public void The_purge_deletes_what_was_received_and_has_expired(long received, long upTo, bool isTrue)
    {
        Write();
        if (received > 0) Receive(received, received);
        Ledger.Purging(Noon.AddSeconds(1), new Dictionary<UserEntry, long> { [Anna.User] = upTo });
        Judge(isTrue, Invariants.ExpiredIsGone);
    }

    [Fact]
    public void The_purge_does_not_delete_what_is_younger()
    {
        Write();
        Receive(1, 1);
        Ledger.Purging(Noon, new Dictionary<UserEntry, long> { [Anna.User] = 1 });
        Judge(false, Invariants.ExpiredIsGone);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public void Numbers_follow_each_other(long number)
    {
        for (var i = 1; i <= 5; i++) Store(i, Ben);
        Store(number, Ben);
        Judge(false, Invariants.NumbersFollow);
    }

    [Fact]
    public void A_message_is_stored_once()
    {
        var message = Send(Ben);
        for (var number = 1; number <= 2; number++) Store(number, Ben, message);
        Judge(false, Invariants.OnceEach);
    }
}
