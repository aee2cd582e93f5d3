using OrleansChat.Storage.Accounts;

namespace OrleansChat.Storage.Tests;

public sealed class DisplayNameTests
{
    [Theory]
    [InlineData("Lionel Messi ✓")]
    [InlineData("김민지")]
    [InlineData("ꦱꦸꦫꦧꦪ")]
    [InlineData("👩‍👩‍👧")]
    [InlineData("\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F")]
    [InlineData("e\u0301")]
    [InlineData("می\u200cخواهم")]
    [InlineData("co\u00adoperate")]
    [InlineData("\u2067שלום\u2069 (A)")]
    [InlineData("\u202bשלום \u202aA\u202c\u202c")]
    [InlineData("\u200fשלום")]
    [InlineData("\U0003FFF0")]
    public void A_name_has_something_to_see(string name) => Assert.True(AccountStore.IsDisplayName(name));

    [Theory]
    [InlineData("")]
    [InlineData("\u200b")]
    [InlineData("\u3164")]
    [InlineData("\u115f\u1160\uffa0")]
    [InlineData("\u202e")]
    [InlineData("\u00ad")]
    [InlineData("\u200d\u2060\u180e\u034f\ufe0f")]
    [InlineData("\u2800")]
    [InlineData("\u0301")]
    [InlineData("\U000E0020")]
    [InlineData("\u202d \u202c")]
    public void A_name_without_anything_to_see_is_none(string name) => Assert.False(AccountStore.IsDisplayName(name));

    [Theory]
    [InlineData("a\u2028b")]
    [InlineData("a\u2029b")]
    [InlineData("a\u0085b")]
    [InlineData("a\u009bb")]
    [InlineData("a\ufeffb")]
    [InlineData("a\ufffdb")]
    [InlineData("a\uffff")]
    [InlineData("a\u00a0")]
    [InlineData("\u3000a")]
    [InlineData("gpj.\u202eexe")]
    [InlineData("\u2067a")]
    [InlineData("\u202aa\u2069")]
    [InlineData("\u202aa\u2066b\u202cc\u2069")]
    [InlineData("a\u202c")]
    [InlineData("a\u2069")]
    public void A_name_does_not_reach_beyond_itself(string name) => Assert.False(AccountStore.IsDisplayName(name));
}
