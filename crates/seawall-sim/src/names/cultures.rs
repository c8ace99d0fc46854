//! Which names does a culture have?
//!
//! The commonest come from lists; the long tail is put together from the culture's syllables, so
//! that there are as many names as a real population has.

use std::sync::LazyLock;

use crate::rng::{below, mix2};

/// Whose names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Culture {
    English,
    Spanish,
    Portuguese,
    French,
    German,
    Dutch,
    Nordic,
    Italian,
    Polish,
    Russian,
    Greek,
    Turkish,
    Arabic,
    Indian,
    Indonesian,
    Filipino,
    Vietnamese,
    Thai,
    Chinese,
    Japanese,
    Korean,
    Nigerian,
}

/// All of them, in the order of their numbers.
static CULTURES: [Culture; 22] = [
    Culture::English,
    Culture::Spanish,
    Culture::Portuguese,
    Culture::French,
    Culture::German,
    Culture::Dutch,
    Culture::Nordic,
    Culture::Italian,
    Culture::Polish,
    Culture::Russian,
    Culture::Greek,
    Culture::Turkish,
    Culture::Arabic,
    Culture::Indian,
    Culture::Indonesian,
    Culture::Filipino,
    Culture::Vietnamese,
    Culture::Thai,
    Culture::Chinese,
    Culture::Japanese,
    Culture::Korean,
    Culture::Nigerian,
];

/// Lists of a culture: given names, family names, syllables; words separated by spaces.
struct Lists {
    given: &'static str,
    family: &'static str,
    onsets: &'static str,
    endings: &'static str,
    /// Native spelling of the first given and family names, where the script is another.
    native_given: &'static str,
    native_family: &'static str,
}

const fn latin(
    given: &'static str,
    family: &'static str,
    onsets: &'static str,
    endings: &'static str,
) -> Lists {
    Lists { given, family, onsets, endings, native_given: "", native_family: "" }
}

static ENGLISH: Lists = latin(
    "james mary john jennifer michael emily david sarah daniel jessica chris ashley matt amanda ryan olivia josh emma andrew sophie tyler hannah kevin grace jack chloe ben lucy sam megan tom ella alex laura nick kate luke amy adam zoe",
    "smith jones williams brown taylor davies wilson evans johnson thomas roberts walker wright robinson thompson white hughes edwards green hall wood harris lewis martin clarke jackson cooper hill ward turner moore king baker allen scott adams carter phillips parker bennett",
    "ash brad carl den east fair gran hal kings lang mar nor oak pem rad stan thorn wal whit hart",
    "bourne ton field ford ley man well worth by ham mere shaw croft more wick ridge stead dale",
);
static SPANISH: Lists = latin(
    "jose maria juan ana luis carmen carlos laura jorge sofia miguel lucia pedro paula diego valentina andres camila javier daniela fernando gabriela alejandro isabel manuel marta pablo elena ricardo rosa sergio andrea raul claudia oscar patricia",
    "garcia rodriguez martinez hernandez lopez gonzalez perez sanchez ramirez torres flores rivera gomez diaz cruz morales reyes gutierrez ortiz ramos castillo mendoza vargas rojas medina herrera castro romero silva suarez",
    "al bar cas del es fig gal ibar lar mon nav ol pal quin ris sal tor ur val zam",
    "ada ano era eda illo ales uez onte ero osa ando arte iga olea arra ino ejo uela",
);
static PORTUGUESE: Lists = latin(
    "joao maria jose ana lucas julia gabriel beatriz pedro larissa rafael amanda felipe leticia gustavo mariana bruno camila mateus fernanda thiago carolina rodrigo bruna leonardo aline vinicius patricia eduardo renata diogo ines tiago rita",
    "silva santos oliveira souza rodrigues ferreira alves pereira lima gomes costa ribeiro martins carvalho almeida lopes soares fernandes vieira barbosa rocha dias nascimento andrade moreira nunes marques machado mendes freitas",
    "ab barr car dor fer gal jar lac mag nov pass quei rib sar tav val xav zag",
    "eira ado inho oso ares ao ade eiro osa ello anha ura ides ondo antes osta",
);
static FRENCH: Lists = latin(
    "jean marie pierre camille nicolas lea thomas manon julien chloe alexandre emma antoine sarah maxime julie hugo pauline lucas marine romain clara mathieu laura quentin anais guillaume lucie kevin elodie",
    "martin bernard dubois thomas robert richard petit durand leroy moreau simon laurent lefebvre michel garcia david bertrand roux vincent fournier morel girard andre mercier dupont lambert bonnet francois martinez legrand",
    "beau bois cham dela fon gui lam mar mont per roche saint val vau vill bel",
    "vier rand mont fort lier gny nay court sac ville tot chet bert rin lot geon",
);
static GERMAN: Lists = latin(
    "michael anna thomas julia andreas lisa stefan sarah christian laura daniel lena markus katharina sebastian marie alexander sophie florian hannah jan leonie tobias johanna lukas theresa philipp nina felix eva",
    "mueller schmidt schneider fischer weber meyer wagner becker schulz hoffmann koch bauer richter klein wolf schroeder neumann schwarz zimmermann braun krueger hofmann hartmann lange schmitt werner krause meier lehmann huber",
    "alt berg born dorn eich feld grun hag heim kalt lind mitter neu ober roth stein",
    "mann bach hauser er berger feld huber ing kamp stein meier weber wald rich",
);
static DUTCH: Lists = latin(
    "jan emma peter sophie daan julia sem lotte lucas anna bram eva tim sanne thijs lisa ruben iris lars femke niels anouk koen marloes",
    "de-jong jansen de-vries van-den-berg bakker van-dijk visser janssen smit meijer de-boer mulder de-groot bos vos peters hendriks dekker brouwer dijkstra",
    "ap bos dijk eer graaf haar kool lan meer noor oos put rie slo ter ver",
    "stra sma inga man horst hof veld huis kamp sen beek mans donk laar",
);
static NORDIC: Lists = latin(
    "erik anna lars emma johan maria anders sofia magnus ida mikael elin henrik sara jonas linnea oskar hanna kristian maja mats julia ole ingrid jens astrid antti aino",
    "andersson johansson karlsson nilsson hansen olsen larsen jensen nielsen pedersen eriksson larsson berg lund lindberg virtanen korhonen nieminen dahl moen",
    "alm berg bjork dal ek fors gran hag kul lind mal nor nyg ost ros sand",
    "strom gren qvist blad stad vik holm berg lund ness by mark dal nen",
);
static ITALIAN: Lists = latin(
    "marco giulia andrea francesca luca chiara matteo sara alessandro martina francesco alessia davide elisa lorenzo silvia simone federica stefano valentina andrei elena mihai ioana alexandru maria",
    "rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti costa giordano mancini rizzo lombardi moretti barbieri popescu ionescu popa dumitru stan",
    "al bar cal del fal gar lan mal nar pal ric sal tar val zan bel cor don",
    "ini etti oni ello ucci ante aro isi oli escu eanu azzi one ese elli",
);
static POLISH: Lists = latin(
    "piotr anna krzysztof katarzyna andrzej maria tomasz agnieszka pawel joanna michal magda marcin ewa jakub aleksandra jan karolina adam natalia petr jana tomas lucie laszlo eszter gabor zsofia",
    "nowak kowalski wisniewski wojcik kowalczyk kaminski lewandowski zielinski szymanski wozniak novak svoboda dvorak cerny nagy kovacs toth szabo horvath varga",
    "bor cheb dab gor jab kras lip mal now ol piet rad sob tar wis zal",
    "owski inski czyk ak ewicz icki alski ek owicz nar ecki ik os",
);
static RUSSIAN: Lists = Lists {
    given: "aleksandr anna dmitry elena sergey olga andrey natalia alexey maria ivan ekaterina mikhail tatiana maxim irina vladimir svetlana nikita yulia oleg daria",
    family: "ivanov smirnov kuznetsov popov vasiliev petrov sokolov mikhailov novikov fedorov morozov volkov alekseev lebedev semenov egorov pavlov kozlov stepanov nikolaev",
    onsets: "bel bog vor gor dol zhar kal kor lap mal nes or pol rom sav tar ush chern",
    endings: "ov in enko sky chuk ev yan uk ets evich ishin akov",
    native_given: "Александр Анна Дмитрий Елена Сергей Ольга Андрей Наталья Алексей Мария Иван Екатерина Михаил Татьяна Максим Ирина Владимир Светлана Никита Юлия Олег Дарья",
    native_family: "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев",
};
static GREEK: Lists = Lists {
    given: "giorgos maria dimitris eleni kostas katerina nikos vasiliki giannis sofia panagiotis anna christos georgia thanos ioanna",
    family: "papadopoulos nikolaidis georgiou pappas dimitriou oikonomou makris alexiou ioannou karagiannis",
    onsets: "ang dim kar kon lam mav nik pap sta the vas zer",
    endings: "opoulos idis akis ellis atos iadis oglou as is",
    native_given: "Γιώργος Μαρία Δημήτρης Ελένη Κώστας Κατερίνα Νίκος Βασιλική",
    native_family: "Παπαδόπουλος Νικολαΐδης Γεωργίου Παππάς Δημητρίου",
};
static TURKISH: Lists = latin(
    "mehmet ayse mustafa fatma ahmet elif ali zeynep huseyin merve hasan esra ibrahim busra murat emine emre ozge yusuf selin burak gizem can deniz",
    "yilmaz kaya demir celik sahin yildiz yildirim ozturk aydin ozdemir arslan dogan kilic aslan cetin kara koc kurt ozkan simsek",
    "ak al bay boz dem er gul kar oz sag tas yal yur",
    "oglu er soy kan tas maz alp bas ci dag tekin",
);
static ARABIC: Lists = Lists {
    given: "mohamed fatima ahmed aisha ali mariam omar sara hassan nour youssef zainab khaled huda ibrahim layla mahmoud amina mustafa yasmin tariq rania bilal salma",
    family: "ali hassan mohamed ahmed ibrahim mahmoud khan hussein abdullah saleh mansour nasser khalil farouk aziz haddad malik sheikh rahman qureshi",
    onsets: "al bak dar far gha hab jab kar mah naj qas rif sab taw zah",
    endings: "awi ani oury i imi adi abi ouni essa an ari",
    native_given: "محمد فاطمة أحمد عائشة علي مريم عمر سارة حسن نور يوسف زينب خالد هدى إبراهيم ليلى محمود أمينة",
    native_family: "علي حسن محمد أحمد إبراهيم محمود خان حسين عبدالله صالح منصور ناصر خليل فاروق",
};
static INDIAN: Lists = latin(
    "rahul priya amit pooja raj neha vijay anjali sanjay kavita arjun divya rohit shreya suresh sneha anil deepika vikram ritu karthik lakshmi manoj sunita imran nusrat rakib shanta kasun dilani",
    "kumar sharma singh patel gupta khan reddy das verma nair mehta joshi rao iyer chowdhury mishra yadav islam hossain perera fernando shah agarwal bose pillai",
    "ag ban cha dha gan har jai kri lak mad nag par rag sri ven vis",
    "wal pati raj an kar hury adhyay esh appa nathan deep ani endra",
);
static INDONESIAN: Lists = latin(
    "budi siti agus dewi andi sri rizky putri dian nur ahmad ayu eko rina hendra fitri muhammad nurul adi lestari aiman farah hafiz aisyah",
    "santoso wijaya saputra hidayat pratama setiawan kurniawan nugroho susanto wibowo siregar rahman ismail abdullah hasan utama",
    "ad bud dar eka har ind kus mul nug pur rah sur tri wid",
    "anto awan iyadi ono ayanto ini asih sari adi aji uddin",
);
static FILIPINO: Lists = latin(
    "mark mary john angel joshua jasmine christian nicole jerome kimberly michael princess paolo joy carlo grace rey rose jomar april",
    "santos reyes cruz bautista ocampo garcia mendoza torres andres castillo villanueva ramos aquino navarro mercado dela-cruz salazar",
    "ab bal cab dim gat lim mag pan qui sal tol vil",
    "ante anan ayan ong iwanag uyan asan ario aga",
);
static VIETNAMESE: Lists = latin(
    "anh linh huy trang minh huong tuan thao nam mai hung lan dung ngoc khanh phuong long yen duc hoa",
    "nguyen tran le pham hoang phan vu dang bui do ho ngo duong ly",
    "bao cam dang gia ha kim lam ngoc phuc quoc thanh xuan",
    "an binh chi diem giang hai khoa loan my nhi phong quyen son thu van",
);
static THAI: Lists = latin(
    "somchai somsri nattapong ploy anan kanya chai malee wichai nok prasert pim arthit fon kittisak mint",
    "saetang srisuk wong chaiyaporn suwan boonmee thongchai rattana kaewkla phromma",
    "ann boon chai jira kan lert nat phan rung sak thana wan",
    "akorn chai daeng kul nart porn rak sak thong wat yut",
);
static CHINESE: Lists = Lists {
    given: "wei fang jun na lei min jie xin hao ying peng yan bo li tao jing kai mei long xue yu hui",
    family: "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu lin tan lim",
    onsets: "bai cai dan fan gao han jia kong lai mo nie ou pan qi ran shen",
    endings: "an bin chao dong fei guo hua jun kun liang ming ping rui song",
    native_given: "伟 芳 军 娜 磊 敏 杰 欣 浩 颖 鹏 燕 波 丽 涛 静",
    native_family: "王 李 張 劉 陳 楊 黃 趙 吳 周 徐 孫",
};
static JAPANESE: Lists = Lists {
    given: "takashi yuki kenji sakura hiroshi misaki daisuke aya sho haruka kazuki yui ryo nanami taro emi kenta rina yuto mio",
    family: "sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida yamada sasaki matsumoto inoue kimura",
    onsets: "aki asa chi fuji hama hira ishi kawa kita kuro mat mori naka oka shima",
    endings: "da moto yama mura hara kawa saki no guchi be zawa ta tani",
    native_given: "隆 由紀 健二 桜 浩 美咲 大輔 彩 翔 遥 和樹 結衣",
    native_family: "佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤",
};
static KOREAN: Lists = Lists {
    given: "minjun seoyeon jihoon jiwoo hyunwoo minji junho soyeon dohyun yuna seungmin hana jaewon eunji",
    family: "kim lee park choi jung kang cho yoon jang lim han shin",
    onsets: "byung chang dae eun gyu hye ji kyung min sang seo tae",
    endings: "ah bin chul ho hyun jin ki mi na seok woo young",
    native_given: "민준 서연 지훈 지우 현우 민지 준호 소연",
    native_family: "김 이 박 최 정 강 조 윤",
};
static NIGERIAN: Lists = latin(
    "chinedu blessing emeka grace tunde ngozi ibrahim faith samuel amaka david joy kelvin mercy brian wanjiku kwame ama kofi esther",
    "okafor adeyemi okeke balogun eze ogunleye nwosu bello mwangi otieno kamau mensah owusu boateng achieng musa",
    "ade aki chi ebe ifa kwa mba nwa obi oko olu uche",
    "bayo dele fola gwu kemi ma nde nyi ola sanya tola wale",
);

impl Culture {
    const fn lists(self) -> &'static Lists {
        match self {
            Self::English => &ENGLISH,
            Self::Spanish => &SPANISH,
            Self::Portuguese => &PORTUGUESE,
            Self::French => &FRENCH,
            Self::German => &GERMAN,
            Self::Dutch => &DUTCH,
            Self::Nordic => &NORDIC,
            Self::Italian => &ITALIAN,
            Self::Polish => &POLISH,
            Self::Russian => &RUSSIAN,
            Self::Greek => &GREEK,
            Self::Turkish => &TURKISH,
            Self::Arabic => &ARABIC,
            Self::Indian => &INDIAN,
            Self::Indonesian => &INDONESIAN,
            Self::Filipino => &FILIPINO,
            Self::Vietnamese => &VIETNAMESE,
            Self::Thai => &THAI,
            Self::Chinese => &CHINESE,
            Self::Japanese => &JAPANESE,
            Self::Korean => &KOREAN,
            Self::Nigerian => &NIGERIAN,
        }
    }

    /// True where people say their family name first.
    pub(crate) const fn family_first(self) -> bool {
        matches!(self, Self::Chinese | Self::Japanese | Self::Korean | Self::Vietnamese)
    }

    fn words(self) -> &'static Words {
        &WORDS[self as usize]
    }

    /// Appends the given name of this rank, lower case, in Latin letters.
    pub(crate) fn push_given(self, rank: u32, out: &mut String) {
        let words = self.words();
        push_ranked(&words.given, words, rank, 0x61, out);
    }

    /// Appends the family name of this rank, lower case, in Latin letters.
    pub(crate) fn push_family(self, rank: u32, out: &mut String) {
        let words = self.words();
        push_ranked(&words.family, words, rank, 0xFA, out);
    }

    /// The name in the culture's own script, where both parts are among the common ones.
    pub(crate) fn native(self, given: u32, family: u32) -> Option<(&'static str, &'static str)> {
        let words = self.words();
        Some((word(&words.native_given, given)?, word(&words.native_family, family)?))
    }
}

/// The lists of a culture, taken apart once.
struct Words {
    given: Vec<&'static str>,
    family: Vec<&'static str>,
    onsets: Vec<&'static str>,
    endings: Vec<&'static str>,
    native_given: Vec<&'static str>,
    native_family: Vec<&'static str>,
}

/// The lists of all cultures, in the order of [`CULTURES`].
static WORDS: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let split = |list: &'static str| list.split_ascii_whitespace().collect();
    CULTURES
        .iter()
        .map(|culture| {
            let lists = culture.lists();
            Words {
                given: split(lists.given),
                family: split(lists.family),
                onsets: split(lists.onsets),
                endings: split(lists.endings),
                native_given: split(lists.native_given),
                native_family: split(lists.native_family),
            }
        })
        .collect()
});

/// Vowels and the like between two syllables.
static MIDDLES: [&str; 10] = ["a", "e", "i", "o", "u", "ar", "el", "in", "or", "an"];

/// The word of this rank in a list, where there is one.
fn word(list: &[&'static str], rank: u32) -> Option<&'static str> {
    list.get(usize::try_from(rank).ok()?).copied()
}

/// A list's word, or one made of syllables.
fn push_ranked(list: &[&'static str], words: &Words, rank: u32, salt: u64, out: &mut String) {
    if let Some(found) = word(list, rank) {
        out.push_str(found);
        return;
    }
    let random = mix2(u64::from(rank), salt);
    let part = |list: &[&'static str], random: u64| {
        list[usize::try_from(below(random, list.len() as u64)).expect("an index of a slice")]
    };
    out.push_str(part(&words.onsets, random));
    if rank.is_multiple_of(3) {
        out.push_str(part(&MIDDLES, mix2(random, 1)));
    }
    if rank % 5 == 1 {
        out.push_str(part(&words.onsets, mix2(random, 3)));
        out.push_str(part(&words.endings, mix2(random, 4)));
    } else {
        out.push_str(part(&words.endings, mix2(random, 2)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_culture_finds_its_own_lists() {
        for culture in CULTURES {
            let mut name = String::new();
            culture.push_given(0, &mut name);
            assert_eq!(culture.lists().given.split_ascii_whitespace().next(), Some(name.as_str()));
            for rank in [0, 50, 1_199, 39_999] {
                name.clear();
                culture.push_family(rank, &mut name);
                assert!(name.len() >= 2 && name.is_ascii(), "{name}");
            }
        }
    }
}
