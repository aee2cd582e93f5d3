using OrleansChat.Bench.Comparing;

namespace OrleansChat.Bench.Tests;

/// <summary>The order in which versions are loaded: nothing but what they are may tell them apart.</summary>
public sealed class InterleavingTests
{
    [Fact]
    public void The_first_two_rounds_are_these()
    {
        const Role This = Role.This, Twin = Role.Twin, Other = Role.Other, Echo = Role.Echo;
        Assert.Equal([Other, This, Echo, Twin, This, Echo, This, Twin, Echo, This, Other], Interleaving.Of(1));
        Assert.Equal([Twin, This, Echo, Other, This, Echo, This, Other, Echo, This, Twin], Interleaving.Of(2));
        Assert.Equal(Interleaving.Of(1), Interleaving.Of(3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void In_each_round_all_stand_at_the_same_place_on_average(int round)
    {
        var order = Interleaving.Of(round);
        var places = Enum.GetValues<Role>().Select(role => order.Index().Where(slot => slot.Item == role).Average(slot => slot.Index));
        Assert.All(places, place => Assert.Equal(5, place));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_other_and_the_twin_each_stand_once_right_before_this_and_once_right_after_it(int round)
    {
        var order = Interleaving.Of(round);
        foreach (var beside in new[] { Role.Other, Role.Twin })
        {
            var pairs = Interleaving.PairsOf(order, beside).ToList();
            Assert.All(pairs, pair => Assert.Equal((Role.This, beside), (order[pair.This], order[pair.Beside])));
            Assert.Equal([-1, 1], pairs.Select(pair => pair.This - pair.Beside).Order());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Each_pair_comes_after_the_echo(int round)
    {
        var order = Interleaving.Of(round);
        var pairs = new[] { Role.Other, Role.Twin }.SelectMany(beside => Interleaving.PairsOf(order, beside)).ToList();
        Assert.Equal(4, pairs.Count);
        Assert.All(pairs.Select(pair => Math.Min(pair.This, pair.Beside)),
            first => Assert.True(first == 0 || order[first - 1] == Role.Echo));
    }

    [Fact]
    public void Over_two_rounds_the_other_and_the_twin_stand_at_the_same_places()
    {
        Assert.Equal(PlacesOf(Role.Twin), PlacesOf(Role.Other));

        static IEnumerable<int> PlacesOf(Role role) => Enumerable.Range(1, 2)
            .SelectMany(round => Interleaving.Of(round).Index().Where(slot => slot.Item == role).Select(slot => slot.Index)).Order();
    }
}
